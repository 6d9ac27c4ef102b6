module {
  moe.plan @seed_003_corrected baseline "seed-003-previous.json" {
    model @model hidden 1024 layers 16 keys <"num_hidden_layers" = "16", "num_experts" = "64", "hidden_size" = "1024"> {
      layers @sparse 0 to 16 {
        experts count 64
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 128 gpu_memory "64 GB" peak_bf16 "400 TFLOPS" source "verify_deployment.py"
    workload @workload mode decode
    parallelism @parallelism rule product tp 2 pp 1 ep 64 etp 2
    stated utilized_ranks "128 of 128" {
      groups axis ep count 64 size 2
      groups axis tp count 64 size 2
      expert_counts [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
      collective all_to_all axis ep
      collective all_reduce for "gradient synchronization" axis tp
      collective all_reduce for "expert routing"
      module "input processing" device "host"
      module "embedding" ranks "0-1"
      module "experts" ranks "0-127"
      module "communication" ranks "0-127"
      module "aggregation" ranks "0-127"
      module "output processing" device "host"
    }
    claim @"s3-01" says "64 * 2 * 1 = 128" quote "**Total GPUs Required**: 128 (perfect match with available hardware)" line 27
    claim @"s3-24" says "world_size = 128" quote "128 available (from verify_deployment.py)" line 10
    claim @"s3-03a" says "16 * 64 = 1024" quote "Total experts: 16 layers \C3\97 64 experts = 1,024 expert instances" line 35
    claim @"s3-03b" says "1024 / 64 = 16" quote "1,024 experts \C3\B7 64 EP groups = 16 experts per group" line 36
    claim @"s3-03c" says "16 / 2 = 8" quote "16 experts \C3\B7 2 TP GPUs = 8 expert portions per GPU" line 37
    claim @"s3-03" says "@s3-03c = 1" quote "Final optimization: 1 complete expert per GPU (perfect balance)" line 38
    claim @"s3-02" says "experts_per_rank = 1" quote "1 expert per GPU (perfect balance)" line 93
    claim @"s3-04" says "64 * 2 = 128" quote "**128 expert computation nodes** (1 per GPU)" line 70
    claim @"s3-28" says "64 * 2 = 128" quote "128 parts perfectly match 128 GPUs" line 126
    claim @"s3-07" says "change(3, 128) = 4267 %" quote "| GPU Utilization | 3/128 (2.3%) | 128/128 (100%) | **4,267%** |" line 116
    claim @"s3-18" says "gpu_utilization = 100 %" quote "**Perfect GPU Utilization**: 100% of 128 GPUs actively used" line 158
    claim @"s3-27" says "compute_utilization < 0.1 %" quote "**Compute Efficiency**: <0.1% utilization (massive capacity)" line 130
    claim @"s3-27a" says "memory_utilization < 0.2 %" quote "**Memory Efficiency**: <0.2% utilization (excellent headroom)" line 129
    claim @"s3-17" says "1 - 0.09 TFLOPS / 400 TFLOPS = 0.02 %" quote "| Compute Headroom | 0.02% | 0.02% | **Massive capacity** |" line 122
    claim @"s3-14" says "device_memory = 69 MB" quote "Equal memory usage across all GPUs (~69MB per GPU)" line 94
    claim @"s3-14a" says "69 MB / 64 GB = 0.11 %" quote "| Memory Efficiency | 0.11% | 0.11% | **Excellent headroom** |" line 121
    claim @"s3-15" says "memory_imbalance = 1" quote "Equal memory usage across all GPUs (~69MB per GPU)" line 94
    claim @"s3-12" says "memory_utilization = baseline.memory_utilization" quote "| Memory Efficiency | 0.11% | 0.11% | **Excellent headroom** |" line 121
    claim @"s3-16" says "device_compute = 0.09 TFLOPS" quote "Equal FLOPS per GPU (~0.09 TFLOPS per GPU)" line 95
    claim @"s3-16a" says "0.09 TFLOPS / 400 TFLOPS = 0.02 %" quote "| Compute Headroom | 0.02% | 0.02% | **Massive capacity** |" line 122
    claim @"s3-09a" says "throughput >= 450000 tokens/s" quote "450,000+ tokens/second (4x improvement)" line 104
    claim @"s3-09" says "450000 / 120000 = 4 x" quote "450,000+ tokens/second (4x improvement)" line 104
    claim @"s3-08" says "change(120000, 450000) = 275 %" quote "| Throughput | 120,000 TPS | 450,000+ TPS | **275%** |" line 118
    claim @"s3-22" says "tpot < 2 ms" quote "**Expected latency**: <2ms TPOT (excellent responsiveness)" line 110
    claim @"s3-10" says "8.3 ms / 2 ms > 4 x" quote "| Latency | 8.3ms TPOT | <2ms TPOT | **>4x faster** |" line 119
    claim @"s3-25" says "tensor_reductions = 2 * layers" quote "Column-row parallel strategy" line 144
    claim @"s3-21" says "layer_latency / baseline.layer_latency = 1 / 2" quote "**Tensor parallelism** halves individual layer computation time" line 108
    claim @"x-03" says "throughput >= 450000 tokens/s" quote "The deployment method is now ENGINEERING VALIDATED" line 173
    claim @"s3-11" says "(450000 / 120000) / (128 / 3) = 100 %" quote "Linear scaling with GPU count achieved" line 131
  }
}
