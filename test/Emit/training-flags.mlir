// torchtitan and DeepSpeed get what they have words for, and their readers find
// it again.
// RUN: moe-translate --emit-torchtitan-flags %s | FileCheck %s --check-prefix=TITAN
// RUN: moe-translate --emit-deepspeed-flags %s -o %t.args
// RUN: FileCheck %s --check-prefix=DEEPSPEED < %t.args
// RUN: rm -f %t.json
// RUN: %moec import %t.args --from deepspeed --gpu H100 --nodes 1 --gpus-per-node 2 -o %t.json
// RUN: FileCheck %s --check-prefix=BACK < %t.json

// TITAN: --parallelism.expert_parallel_degree 2
// TITAN-NEXT: --training.seq_len 128
// TITAN-NEXT: --training.local_batch_size 1
// TITAN-NEXT: --training.global_batch_size 4
// TITAN-NEXT: --activation_checkpoint.mode full
// TITAN-NEXT: --optimizer.name AdamW
// TITAN-NEXT: # not expressed: precision fp16; torchtitan has no flag for it
// TITAN-NEXT: # not expressed: optimizer moments bf16, sharding distributed; torchtitan has no flag for it
// TITAN-NEXT: # not expressed: the model's dimensions

// DEEPSPEED: {{^--deepspeed$}}
// DEEPSPEED: --no-pipeline-parallel
// DEEPSPEED-NEXT: --num-experts 4
// DEEPSPEED-NEXT: --moe-expert-parallel-size 2
// DEEPSPEED-NEXT: --create-moe-param-group
// DEEPSPEED-NEXT: --num-layers 2
// DEEPSPEED-NEXT: --hidden-size 64
// DEEPSPEED-NEXT: --num-attention-heads 4
// DEEPSPEED-NEXT: --num-key-value-heads 2
// DEEPSPEED-NEXT: --ffn-hidden-size 128
// DEEPSPEED-NEXT: --topk 1
// DEEPSPEED-NEXT: --expert-interval 1
// DEEPSPEED-NEXT: --swiglu
// DEEPSPEED-NEXT: --untie-embeddings-and-output-weights
// DEEPSPEED-NEXT: --seq-length 128
// DEEPSPEED-NEXT: --max-position-embeddings 128
// DEEPSPEED-NEXT: --micro-batch-size 1
// DEEPSPEED-NEXT: --global-batch-size 4
// DEEPSPEED-NEXT: --fp16
// DEEPSPEED-NEXT: --recompute-granularity full
// DEEPSPEED-NEXT: --recompute-method uniform
// DEEPSPEED-NEXT: --disable-moe-token-dropping
// DEEPSPEED-NEXT: # The same stage stands in the file of --deepspeed_config
// DEEPSPEED-NEXT: --zero-stage 1
// DEEPSPEED-NEXT: # not expressed: optimizer adamw, moments bf16; DeepSpeed has no flag for it

// BACK: "num_key_value_heads": 2
// BACK: "num_experts_per_tok": 1
// BACK: "sequence_length": 128
// BACK: "precision": "fp16"
// BACK: "recompute": "full"
// BACK: "sharding": "distributed"
// BACK: "dispatcher": "alltoall"
moe.launch @small world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  coordinates @expert <ep = 2>
  expert_slots @sparse layers 0 to 2 experts 4 shards 1 table dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
  model @model hidden 64 layers 2 gated true tied_embeddings false {
    layers @sparse 0 to 2 {
      attention heads 4 kv_heads 2
      experts count 4 top_k 1 width 128
    }
  }
  workload @workload mode train sequence_length 128 micro_batch 1 global_batch 4 precision fp16 recompute ["full"] dispatcher alltoall optimizer <name = "adamw", moments = bf16, sharding = distributed>
}
