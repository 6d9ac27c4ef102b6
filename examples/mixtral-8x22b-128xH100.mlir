module {
  moe.plan @mixtral_8x22b_128xH100 framework megatron {
    model @model from "models/mixtral-8x22b/config.json" type "mixtral" hidden 6144 vocab 32000 layers 56 gated true tied_embeddings false {
      layers @sparse 0 to 56 {
        attention heads 48 kv_heads 8 head_size 128
        experts count 8 top_k 2 width 16384
        router score softmax
      }
    }
    cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
    workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision bf16 recompute ["none"] optimizer <name = "adamw", moments = fp32, gradients = fp32, master = fp32, sharding = distributed> ep_overlap false dispatcher alltoall routing natural capacity_factor "1.0" software "2025-04"
    parallelism @parallelism rule folded tp 2 cp 1 pp 8 dp auto ep 8 etp 1 order "tp-cp-ep-dp-pp" layout "uniform"
  }
}
