module {
  moe.plan @first_plan {
    model @model hidden 4096 vocab 32000 layers 24 gated true keys <"hidden_size" = "4096", "num_hidden_layers" = "24", "num_attention_heads" = "32", "num_key_value_heads" = "8", "vocab_size" = "32000", "gated" = "true", "num_experts" = "64", "num_experts_per_tok" = "2", "moe_intermediate_size" = "1408"> {
      layers @sparse 0 to 24 {
        attention heads 32 kv_heads 8
        experts count 64 top_k 2 width 1408
      }
    }
    cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
    workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 100
    parallelism @parallelism tp 2 pp 2 ep 12 etp 1
  }
}
