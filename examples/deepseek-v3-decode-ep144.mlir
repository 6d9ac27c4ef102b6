module {
  moe.plan @deepseek_v3_decode_ep144 framework sglang {
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
    cluster @cluster gpu "H800" nodes 18 gpus_per_node 8
    workload @workload mode decode context_length 4989 batch 88 precision fp8 ep_overlap true dispatcher deepep routing natural
    parallelism @parallelism rule folded tp 1 pp 1 dp auto ep 144 etp 1
    distribution @experts slots_per_rank 2 dispatch weighted
  }
}
