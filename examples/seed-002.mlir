module {
  moe.plan @seed_002 {
    model @model layers 16 keys <"num_hidden_layers" = "16"> {
      layers @dense 0 to 16 {
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 64 gpu_memory "64 GB" source "document 002"
    workload @workload sequence_length 1024 global_batch 128 optimizer <name = "adam">
    parallelism @parallelism rule folded tp 8 pp 2 ep 8
    stated {
      groups axis tp count 8 size 4
      groups axis ep count 8 size 4
      collective all_reduce axis tp time "2 ms" per "layer"
      collective all_to_all axis ep time "3 ms" per "layer"
    }
    claim @"s2-01" says "264 MB + 512 MB = 776 MB" quote "Per layer: 776MB (264MB weights + 512MB activations)" line 8
    claim @"s2-02" says "8 * 776 MB = 6.2 GB" quote "For 8 layers per stage: 8 \C3\97 776MB = 6.2GB" line 9
    claim @"s2-03" says "8 * 264 MB + 50 % * 8 * 512 MB = 3.1 GB" quote "With activation checkpointing (50% reduction): 3.1GB" line 10
    claim @"s2-05" says "gradients / weights = 1" quote "Gradient storage (same size as weights)" line 12
    claim @"s2-05a" says "optimizer_states / weights = 2 x" quote "Optimizer states (Adam: 2x weight size)" line 13
    claim @"s2-04a" says "device_memory = 20 GB" quote "The memory calculation shows ~20GB per GPU" line 6
    claim @"s2-04b" says "device_memory = 15 GB .. 20 GB" quote "Estimated actual memory per GPU: ~15-20GB" line 17
    claim @"s2-04" says "@s2-04b > @s2-04a" quote "but this appears to be underestimated" line 6
    claim @"s2-13" says "device_memory < 64 GB" quote "Memory usage (~20GB) < 64GB VRAM limit" line 52
    claim @"s2-07" says "4 * 8 = 64 / 2" quote "4 EP groups of 8 GPUs each (for EP=8)" line 32
    claim @"s2-08" says "world_size = 64" quote "GPU count (64) matches strategy requirements" line 53
    claim @"s2-09" says "8 * (2 ms + 3 ms) = 40 ms" quote "with 8 layers per stage, this would be 40ms just for communication per stage" line 42
    claim @"s2-10" says "latency = 55 ms" quote "with 55ms latency per batch" line 45
    claim @"s2-11a" says "1000 / 55 = 18.18" quote "Batches per second: 1000/55 \E2\89\88 18.18" line 46
    claim @"s2-11" says "128 * 1024 * 18.18 / 1000000 = 2.38" quote "128 \C3\97 1024 \C3\97 18.18 \E2\89\88 2.38M tokens/sec" line 47
    claim @"s2-12" says "128 * 1024 / 0.055 / 1000000 = 2.6" quote "The document claims \222.6M tokens/sec\22" line 45
    claim @"s2-12a" says "throughput = 2.6 Mtokens/s" quote "The document claims \222.6M tokens/sec\22" line 45
    claim @"s2-14" says "compute_utilization <= 100 %" quote "Compute power sufficient for model size" line 54
    claim @"s2-15" says "imbalance <= 1.05" quote "Load balancing appears reasonable" line 58
  }
}
