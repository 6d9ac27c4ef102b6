module {
  moe.plan @seed_000_before {
    model @model hidden 1024 layers 16 keys <"num_hidden_layers" = "16", "hidden_size" = "1024", "num_experts" = "64"> {
      layers @sparse 0 to 16 {
        experts count 64
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 3 gpu_memory "64 GB" peak_bf16 "400 TFLOPS" source "document 000"
    workload @workload global_batch 8
    parallelism @parallelism rule product tp 1 pp 1 ep 3
    stated {
      expert_counts [22, 21, 21]
    }
    claim @"s0-01a" says "device_memory = 149 MB" quote "Only 149 MB used per GPU (99.7% headroom)" line 6
    claim @"s0-01" says "1 - 149 MB / 64 GB = 99.7 %" quote "Only 149 MB used per GPU (99.7% headroom)" line 6
    claim @"s0-04" says "0.35 TFLOPS / 400 TFLOPS = 0.09 %" quote "Only 0.09% compute utilization (0.35 TFLOPS vs 400 TFLOPS)" line 11
    claim @"s0-04a" says "device_compute = 0.35 TFLOPS" quote "Only 0.09% compute utilization (0.35 TFLOPS vs 400 TFLOPS)" line 11
    claim @"prev-throughput" says "throughput = 3800 samples/s" quote "Claimed 3800 samples/sec with 2.1ms latency" line 26
    claim @"prev-latency" says "layer_latency = 2.1 ms" quote "Claimed 3800 samples/sec with 2.1ms latency" line 26
  }
}
