// Every figure that is not stated is named once, in one list.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

// expected-remark @+1 {{12 figures are not stated, and what needs them was not checked: model.num_hidden_layers, model.hidden_size, model.vocab_size, model.num_attention_heads, model.num_experts, model.num_experts_per_tok, model.moe_intermediate_size, cluster.world_size, workload.mode, workload.sequence_length, workload.micro_batch, workload.global_batch [input-1]}}
moe.plan @input_1_empty {
}

// -----

// expected-remark @+1 {{2 figures are not stated, and what needs them was not checked: workload.batch, workload.context_length [input-1]}}
moe.plan @input_1_decode framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @input_1_dense framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 16384
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2
}
