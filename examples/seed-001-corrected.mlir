module {
  moe.plan @seed_001_corrected baseline "seed-001-previous.json" {
    model @model layers 16 keys <"num_hidden_layers" = "16", "num_experts" = "64"> {
      layers @sparse 0 to 16 {
        experts count 64
      }
    }
    cluster @cluster world_size 64 source "document 001"
    parallelism @parallelism rule product tp 1 pp 1 dp 1 ep 64
    stated utilized_ranks "64 of 64" {
      expert_counts [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
      collective all_gather axis ep
    }
    target @gpu_utilization ">= 95 %"
    target @memory_variance "< 5 %"
    target @communication_latency "< 1 ms"
    target @imbalance "= 1"
    claim @"s1-02" says "64 * 1 * 1 * 1 = 64" quote "64 \C3\97 1 \C3\97 1 \C3\97 1 = **64 GPUs**" line 31
    claim @"s1-22" says "world_size = 64" quote "GPU count matches exactly" line 127
    claim @"s1-22a" says "device_memory <= gpu_memory" quote "Memory capacity sufficient" line 128
    claim @"s1-22b" says "compute_utilization <= 100 %" quote "Compute capability adequate" line 129
    claim @"s1-03a" says "gpu_utilization = 100 %" quote "100% of available GPUs used" line 37
    claim @"s1-03b" says "gpu_utilization >= 95 %" quote "95%+ (vs. 60% baseline)" line 77
    claim @"s1-04" says "communication_time = 0 s" quote "**No Communication Overhead**: No TP/PP synchronization" line 82
    claim @"s1-05" says "remote_token_share = 0 %" quote "**Memory Locality**: No remote memory access" line 84
    claim @"s1-06" says "idle_experts = 0" quote "All 64 experts process simultaneously" line 40
    claim @"s1-07" says "experts_per_rank = 1" quote "Experts per GPU: 1" line 50
    claim @"s1-07a" says "64 / 64 = 1" quote "Expert distribution: 64 \C3\B7 64 = 1" line 123
    claim @"s1-08a" says "1 * 16 = 16" quote "Expert Instances per GPU: 16 (1 expert \C3\97 16 layers)" line 58
    claim @"s1-08" says "64 * 16 = 1024" quote "Total Expert Instances: 1,024 (64 experts \C3\97 16 layers)" line 59
    claim @"s1-10" says "load_variance = 0 %" quote "Load Variance: 0% (perfect balance)" line 51
    claim @"s1-09" says "device_memory / model_memory = 1 / 64" quote "| 0      | Expert 0       | 0-15    | 1/64 total   | 1/64 total   |" line 66
    claim @"s1-15" says "memory_utilization = 88 %" quote "88% (vs. 45% baseline)" line 78
    claim @"s1-11a" says "latency = 0.008 s" quote "0.008s (60-70% improvement vs. 0.020s baseline)" line 75
    claim @"s1-11" says "1 - 0.008 s / 0.020 s = 60 % .. 70 %" quote "0.008s (60-70% improvement vs. 0.020s baseline)" line 75
    claim @"s1-13" says "throughput = 120000 sequences/s" quote "120,000 sequences/second (8-10\C3\97 improvement vs. 15,000 baseline)" line 76
    claim @"s1-12" says "120000 / 15000 = 8 x .. 10 x" quote "120,000 sequences/second (8-10\C3\97 improvement vs. 15,000 baseline)" line 76
    claim @"s1-17" says "latency <= 0.008 s" quote "| **Performance Claims** | Invalid | Validated |" line 117
    claim @"s1-18" says "weak_scaling = 100 %" quote "Linear scaling with expert addition" line 106
    claim @"s1-19" says "throughput >= 120000 sequences/s" quote "represents the theoretically optimal solution for a 64-expert model" line 138
  }
}
