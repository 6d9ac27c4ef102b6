module {
  moe.plan @qwen3_235b_256xGB300 framework megatron {
    model @model from "models/qwen3-235b-a22b/config.json" type "qwen3_moe" hidden 4096 vocab 151936 layers 94 gated true tied_embeddings false {
      layers @sparse 0 to 94 {
        attention heads 64 kv_heads 4 head_size 128 qk_norm per_head
        experts count 128 top_k 8 width 1536
        router score softmax
      }
    }
    cluster @cluster gpu "GB300" nodes 64 gpus_per_node 4 nvlink_domain 72
    workload @workload mode train sequence_length 4096 micro_batch 2 global_batch 8192 precision mxfp8 recompute ["none"] optimizer <name = "adamw", moments = bf16, gradients = fp32, master = fp32, sharding = distributed> ep_overlap false dispatcher hybridep routing balanced cuda_graph ["attn", "moe_router", "moe_preprocess"] software "2026-03"
    parallelism @parallelism rule folded tp 1 cp 1 pp 4 vpp 1 dp auto ep 32 etp 1 order "tp-cp-ep-dp-pp" layout "Et*23|t*24|t*24|t*23L"
  }
}
