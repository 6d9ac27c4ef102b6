module {
  moe.plan @seed_000_after baseline "seed-000-before.json" {
    model @model hidden 4096 vocab 50000 layers 24 keys <"num_hidden_layers" = "24", "hidden_size" = "4096", "moe_intermediate_size" = "16384", "num_attention_heads" = "32", "vocab_size" = "50000", "num_experts" = "63"> {
      layers @sparse 0 to 24 {
        attention heads 32
        experts count 63 width 16384
      }
    }
    cluster @cluster gpu "unnamed-64GB" world_size 3 gpu_memory "64 GB" peak_bf16 "400 TFLOPS" source "document 000"
    workload @workload global_batch 64 optimizer <name = "adamw">
    parallelism @parallelism rule product tp 2 pp 1 ep 3
    stated {
      groups axis tp size 2
      expert_counts [21, 21, 21]
    }
    target @compute_utilization "75 % .. 85 %"
    target @memory_utilization "60 % .. 70 %"
    claim @"s0-02a" says "device_memory = 42.3 GB" quote "42.3 GB used per GPU (66.1% utilization)" line 7
    claim @"s0-02" says "42.3 GB / 64 GB = 66.1 %" quote "42.3 GB used per GPU (66.1% utilization)" line 7
    claim @"s0-03" says "42.3 GB / 149 MB = 283 x" quote "Increased memory usage by 283x" line 8
    claim @"s0-05" says "320 TFLOPS / 400 TFLOPS = 80 %" quote "80% compute utilization (320 TFLOPS vs 400 TFLOPS)" line 12
    claim @"s0-05a" says "device_compute = 320 TFLOPS" quote "80% compute utilization (320 TFLOPS vs 400 TFLOPS)" line 12
    claim @"s0-06" says "320 TFLOPS / 0.35 TFLOPS = 889 x" quote "Increased compute utilization by 889x" line 13
    claim @"s0-07" says "variance(22, 21, 21) = 0.25" quote "Expert variance reduced from 0.25 to 0.0" line 18
    claim @"s0-22" says "variance(21, 21, 21) = 0.0" quote "Perfect 21-21-21 distribution with 0.0 variance" line 60
    claim @"s0-22a" says "imbalance = 1" quote "Perfect load balancing across all GPUs" line 69
    claim @"s0-24" says "63 / 3 = 21" quote "63 experts divided into 3 parts (21 each)" line 59
    claim @"s0-23a" says "change(16, 24) = 50 %" quote "Increased layers from 16 to 24 (50% increase)" line 33
    claim @"s0-23b" says "4096 / 1024 = 4 x" quote "Increased token dimension from 1024 to 4096 (4x increase)" line 34
    claim @"s0-23c" says "64 / 8 = 8 x" quote "Increased batch size from 8 to 64 (8x increase)" line 35
    claim @"s0-10" says "layers_per_rank = 1" quote "Maintains single-layer residency to avoid bubbles" line 42
    claim @"s0-11a" says "21 * 40 MB = 0.84 GB" quote "Expert weights: 0.84 GB per GPU (21 experts \C3\97 40 MB each)" line 45
    claim @"s0-11" says "expert_weights = 0.84 GB" quote "Expert weights: 0.84 GB per GPU (21 experts \C3\97 40 MB each)" line 45
    claim @"s0-12" says "attention_weights = 2.1 GB" quote "Attention weights: 2.1 GB per GPU (24 layers \C3\97 attention parameters)" line 46
    claim @"s0-13" says "embedding_weights = 12.5 GB" quote "Token embeddings: 12.5 GB per GPU (vocab_size \C3\97 token_dim)" line 47
    claim @"s0-14" says "activations = 8.2 GB" quote "Activations: 8.2 GB per GPU (batch_size \C3\97 seq_len \C3\97 token_dim)" line 48
    claim @"s0-15" says "optimizer_states = 18.7 GB" quote "Optimizer states: 18.7 GB per GPU (AdamW momentum + variance)" line 49
    claim @"s0-02b" says "sum(0.84 GB, 2.1 GB, 12.5 GB, 8.2 GB, 18.7 GB) = 42.3 GB" quote "42.3 GB used per GPU (66.1% utilization)" line 7
    claim @"s0-17" says "8.5 ms * 24 = 204 ms" quote "8.5ms per layer (204ms end-to-end for 24 layers)" line 52
    claim @"s0-17a" says "layer_latency = 8.5 ms" quote "8.5ms per layer (204ms end-to-end for 24 layers)" line 52
    claim @"s0-18" says "64 / (0.0085 * 24) = 312" quote "312 samples/sec (319,488 tokens/sec)" line 53
    claim @"s0-18a" says "throughput = 312 samples/s" quote "312 samples/sec (319,488 tokens/sec)" line 53
    claim @"s0-19" says "319488 / 312 = sequence_length" quote "312 samples/sec (319,488 tokens/sec)" line 53
    claim @"s0-20" says "throughput = 319488 tokens/s" quote "312 samples/sec (319,488 tokens/sec)" line 53
    claim @"x-03" says "throughput = 312 samples/s" quote "Engineering Validation \E2\80\A6 Realistic performance projections based on actual resource usage" line 65
    claim @"s0-21a" says "strong_scaling = 95 %" quote "95% strong scaling, 92% weak scaling" line 54
    claim @"s0-21b" says "weak_scaling = 92 %" quote "95% strong scaling, 92% weak scaling" line 54
  }
}
