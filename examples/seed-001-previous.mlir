module {
  moe.plan @seed_001_previous {
    model @model layers 16 keys <"num_hidden_layers" = "16", "num_experts" = "64"> {
      layers @sparse 0 to 16 {
        experts count 64
      }
    }
    cluster @cluster world_size 64 source "document 001"
    parallelism @parallelism rule product tp 16 pp 4 dp 4 ep 64
    claim @"s1-01" says "64 * 16 * 4 * 4 = 16384" quote "64 \C3\97 16 \C3\97 4 \C3\97 4 = **16,384 GPUs**" line 13
    claim @"s1-01a" says "16384 / 64 = 256 x" quote "Requires 256\C3\97 more GPUs than available" line 18
    claim @"s1-16" says "experts_per_rank = 256" quote "| **Expert Distribution** | 256:1 (poor) | 1:1 (perfect) |" line 113
  }
}
