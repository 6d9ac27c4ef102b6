module {
  moe.plan @deepseek_v3_1024xH100 framework megatron {
    model @model from "models/deepseek-v3/config.json" type "deepseek_v3" hidden 7168 vocab 129280 layers 61 mtp_layers 1 gated true tied_embeddings false quantization_block [128, 128] {
      layers @dense 0 to 3 {
        attention heads 128 q_lora_rank 1536 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
        ffn width 18432
      }
      layers @sparse 3 to 61 {
        attention heads 128 q_lora_rank 1536 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
        experts count 256 top_k 8 width 2048 shared 1 shared_width 2048
        router score sigmoid groups 8 top_groups 4
      }
    }
    cluster @cluster gpu "H100" nodes 128 gpus_per_node 8
    workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 8192 precision fp8 recompute ["mla_up_proj", "mlp"] optimizer <name = "adamw", moments = bf16, gradients = fp32, master = fp32, sharding = distributed> ep_overlap true dispatcher deepep routing balanced software "2026-03"
    parallelism @parallelism rule folded tp 2 cp 1 pp 8 vpp 4 dp auto ep 64 etp 1 order "tp-cp-ep-dp-pp" layout "Et*3|(tt|)*29m|L"
  }
}
