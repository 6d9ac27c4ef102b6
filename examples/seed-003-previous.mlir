module {
  moe.plan @seed_003_previous {
    model @model hidden 1024 layers 16 keys <"num_hidden_layers" = "16", "num_experts" = "64", "hidden_size" = "1024"> {
      layers @sparse 0 to 16 {
        experts count 64
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 128 gpu_memory "64 GB" peak_bf16 "400 TFLOPS" source "verify_deployment.py"
    workload @workload mode decode
    parallelism @parallelism rule product ep 64
    stated utilized_ranks "3 of 128" {
      expert_counts [8, 8, 8]
    }
    claim @"s3-06a" says "3 / 128 = 2.3 %" quote "| GPU Utilization | 3/128 (2.3%) | 128/128 (100%) | **4,267%** |" line 116
    claim @"s3-06" says "1 - 3 / 128 = 98 %" quote "Only 3 out of 128 GPUs were being used (98% waste)" line 42
    claim @"s3-23" says "variance(8, 8, 8) > 0" quote "Previous implementation had 8 experts per GPU, causing load imbalance" line 32
    claim @"prev-throughput" says "throughput = 120000 tokens/s" quote "| Throughput | 120,000 TPS | 450,000+ TPS | **275%** |" line 118
    claim @"prev-tpot" says "tpot = 8.3 ms" quote "| Latency | 8.3ms TPOT | <2ms TPOT | **>4x faster** |" line 119
    claim @"prev-memory" says "memory_utilization = 0.11 %" quote "| Memory Efficiency | 0.11% | 0.11% | **Excellent headroom** |" line 121
    claim @"prev-compute" says "compute_utilization = 0.02 %" quote "| Compute Headroom | 0.02% | 0.02% | **Massive capacity** |" line 122
  }
}
