// Settings which Megatron-LM refuses together when it starts: degrees that leave
// nothing to overlap the exchange of tokens with.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_5_one_chunk framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{in a pipeline, Megatron-LM overlaps the token exchange of one chunk of a stage with another chunk, and there is one [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 2 ep 8 etp 1
}

// -----

moe.plan @framework_5_chunks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 2 vpp 2 ep 8 etp 1
}

// -----

moe.plan @framework_5_no_pipeline framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_one_rank framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM refuses ep_overlap without expert-parallel ranks [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 8 ep 1 etp 8
}

// -----

// What pipeline-1 says of a layout is enough.
moe.plan @framework_5_chunks_of_a_layout framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  // expected-note @+2 {{set 'parallelism.vpp' to 2: as many chunks as the layout has}}
  // expected-error @+1 {{the layout has 4 chunks, but pp = 2 needs 2 [pipeline-1]}}
  parallelism @parallelism tp 1 pp 2 ep 8 etp 1 layout "Et*8|t*8|t*8|t*8L"
}

// -----

moe.plan @framework_5_stages_of_a_layout framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{in a pipeline, Megatron-LM overlaps the token exchange of one chunk of a stage with another chunk, and there is one [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 2 ep 8 etp 1 layout "Et*16|t*16L"
}
