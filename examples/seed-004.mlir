module {
  moe.plan @seed_004 {
    model @model keys <"num_experts" = "64"> {
      layers @sparse 0 to 0 {
        experts count 64
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 3 gpu_memory "64 GB" peak_bf16 "400 TFLOPS" source "document 004"
    parallelism @parallelism rule product tp 1 pp 1 ep 3
    stated {
      expert_counts [22, 21, 21]
    }
    target @compute_utilization "70 % .. 90 %"
    claim @"s4-07" says "device_memory = 149 MB" quote "Total memory usage is only 149 MB per GPU out of 64 GB available" line 6
    claim @"s4-07a" says "1 - 149 MB / 64 GB = 99.7 %" quote "99.7% memory headroom indicates severe underutilization" line 7
    claim @"s4-10" says "device_memory <= gpu_memory" quote "**Compatible**: Yes, the strategy can run on the specified hardware" line 40
    claim @"s4-11" says "0.35 TFLOPS / 400 TFLOPS = 0.09 %" quote "Only 0.09% compute utilization (0.35 TFLOPS vs 400 TFLOPS available)" line 11
    claim @"s4-06" says "device_compute = 0.35 TFLOPS" quote "Only 0.09% compute utilization (0.35 TFLOPS vs 400 TFLOPS available)" line 11
    claim @"s4-01" says "max(22, 21, 21) / mean(22, 21, 21) > 1" quote "Uneven distribution (22-21-21) creates load imbalance" line 16
    claim @"s4-02a" says "64 / 3 = 21.33" quote "Perfect balance with 21.33 experts per GPU" line 18
    claim @"s4-02" says "experts_per_rank = 21.33" quote "Perfect balance with 21.33 experts per GPU" line 18
    claim @"s4-03a" says "63 / 3 = 21" quote "Use 63 experts (21-21-21) or 66 experts (22-22-22)" line 34
    claim @"s4-03b" says "66 / 3 = 22" quote "Use 63 experts (21-21-21) or 66 experts (22-22-22)" line 34
    claim @"s4-05" says "throughput = 3800 samples/s" quote "Claims 3800 samples/sec with 2.1ms latency per layer" line 26
    claim @"s4-05a" says "layer_latency = 2.1 ms" quote "Claims 3800 samples/sec with 2.1ms latency per layer" line 26
  }
}
