//===- Job.h - What the cost of a plan depends on ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain figures: a model, what runs on it, how it is split, and the machine.
// Sizes in bytes, rates in bytes or FLOP per second. A figure that nobody gave
// is an unknown count; what needs it comes out unknown. Search fills this
// directly; Analysis/CostJob.h fills it from a plan.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_JOB_H
#define MOE_COST_JOB_H

#include "moe/Cost/Count.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <array>

namespace mlir::moe::cost {

enum class NumberFormat : uint8_t { FP32, FP16, BF16, FP8, MXFP8, NVFP4 };
/// Bits of one number, without scales of blocks.
int64_t bitsOf(NumberFormat format);
/// Bytes of numbers in a format, with the scales of their blocks: one byte per
/// 32 numbers in MXFP8 (OCP Microscaling Formats 1.0), per 16 in NVFP4.
Count storedBytes(Count numbers, NumberFormat format);
/// Whether matrix multiplications quantise their operands to 8 bits or less.
bool isQuantised(NumberFormat format);

enum class Phase : uint8_t { Train, Prefill, Decode };
enum class TokenDispatcher : uint8_t { AllToAll, AllGather, DeepEP, HybridEP };
/// None: every rank holds all states. Distributed: ZeRO-1, states of dense
/// parameters over dp x cp, of experts over edp. FullyShared: parameters and
/// gradients too (FSDP).
enum class StateSharding : uint8_t { None, Distributed, FullyShared };

/// What CUDA graphs launch instead of the host: nothing, parts of a layer, or
/// the whole step.
enum class GraphScope : uint8_t { None, Parts, Step };

/// What context-parallel ranks exchange (Megatron's --cp-comm-type): keys and
/// values, passed on beside attention or gathered before it, or heads for
/// tokens, so that each rank has all tokens of some heads.
enum class ContextExchange : uint8_t { Ring, AllGather, AllToAll };

/// Norms of queries and keys: of each head with weights that heads share
/// (Qwen3), or of all heads together (OLMoE, MiniMax-M2).
enum class QueryKeyNorm : uint8_t { None, PerHead, PerLayer };

/// Parts of a layer that the backward pass computes again instead of keeping,
/// named as Megatron's --recompute-modules, and the whole layer.
enum class RecomputeModule : uint8_t {
  CoreAttention,
  MlaUpProjection,
  LayerNorm,
  MoEActivation,
  FeedForward, ///< "mlp": dense feed-forward blocks
  MoE,         ///< "moe": router, dispatch, experts, combine
  SharedExperts,
  FullLayer
};
class RecomputeSet {
public:
  void insert(RecomputeModule module) {
    bits |= 1U << static_cast<unsigned>(module);
  }
  bool contains(RecomputeModule module) const {
    return bits & (1U << static_cast<unsigned>(module));
  }
  RecomputeSet without(RecomputeModule module) const {
    RecomputeSet rest = *this;
    rest.bits &= ~(1U << static_cast<unsigned>(module));
    return rest;
  }

private:
  unsigned bits = 0;
};

/// How unevenly tokens reach the ranks that hold the experts of a layer: what
/// the busiest rank has over the mean, in thousandths. Layers of a run differ,
/// and what they hold is not needed at the same time:
/// - Every layer waits for its own busiest rank, so a run takes what the mean
/// of
///   its layers says. So does what forward passes keep: a layer at a time adds
///   what its busiest rank keeps, which is no less than what any rank keeps of
///   all of them.
/// - One layer at a time has its buffers, so the worst of them decides.
struct LoadSkew {
  int64_t mean = 1000, worst = 1000;
  /// Of the exchange of tokens, which ends with the busiest rank: the mean of
  /// the layers where loads were recorded. The constants of the calibration
  /// hold what natural routing does to exchanges, so it is 1000 elsewhere.
  int64_t exchange = 1000;

  /// Every layer alike, exchanges as calibrated.
  static LoadSkew everywhere(int64_t permille) {
    return {permille, permille, 1000};
  }
  /// Natural routing of which no loads were recorded. Training: release tests
  /// of Megatron-LM show 1.06 to 1.2. Serving, with copies of busy experts
  /// (EPLB), exchanges too: with experts chosen at random the same prefill is
  /// 1.18 times as fast (benchmarks/accuracy, sglang-prefill-h100-4k).
  static LoadSkew natural(Phase phase) {
    return phase == Phase::Train ? everywhere(1100)
                                 : LoadSkew{1200, 1200, 1200};
  }
};

/// Identical layers, [begin, end).
struct LayerShape {
  int64_t begin = 0, end = 0;
  bool sparse = false;
  /// Multi-head latent attention (DeepSeek-V2 and later).
  bool latentAttention = false;
  Count heads = std::nullopt, kvHeads = std::nullopt, headDim = std::nullopt;
  /// Not of latent attention, whose norms are those of the latents.
  QueryKeyNorm queryKeyNorm = QueryKeyNorm::None;
  /// Of latent attention; `qLoraRank` is 0 where queries have no latent.
  Count qLoraRank, kvLoraRank = std::nullopt, qkNopeDim = std::nullopt,
                   qkRopeDim = std::nullopt, vHeadDim = std::nullopt;
  Count ffnWidth = std::nullopt;
  Count experts = std::nullopt, topK = std::nullopt, expertWidth = std::nullopt;
  /// Of all shared experts together; 0 where there are none.
  Count sharedWidth;
  /// Keys of the sliding window of every second layer; 0: all layers see all.
  Count window;
  /// Groups of experts a token may visit (node-limited routing); 0: any.
  int64_t routerTopGroups = 0;
  /// Expert slots of one rank.
  Count slotsPerRank = std::nullopt;
  /// Of the experts' ranks; balanced unless something is known.
  LoadSkew skew;

  int64_t size() const { return end - begin; }
};

/// Default of Megatron-LM's --make-vocab-size-divisible-by.
constexpr int64_t megatronVocabMultiple = 128;

/// What all layers share.
struct ModelWidths {
  Count hidden = std::nullopt, vocab = std::nullopt;
  /// Matrices of a feed-forward block: 3 with a gate (SwiGLU), else 2.
  Count matrices = std::nullopt;
  bool tiedEmbeddings = false;
  /// Gates are clamped and biased (gpt-oss): no fused kernel before the fused
  /// grouped multiplication does them.
  bool clampedGates = false;
  /// Attention, router and experts have biases, and each head a learned sink
  /// (gpt-oss: arXiv 2508.10925).
  bool biases = false;
  /// Ranks hold rows of the embedding and the output head up to a multiple of
  /// this times tp.
  int64_t vocabMultiple = 1;
};

struct ModelShape : ModelWidths {
  llvm::SmallVector<LayerShape, 3> runs;
};

/// Ranks that communicate, as far as their place matters.
struct Group {
  int64_t size = 1;
  /// Of them in one NVLink domain.
  int64_t local = 1;

  bool isLocal() const { return local >= size; }
  /// NVLink domains the group touches.
  int64_t domains() const { return (size + local - 1) / local; }
};

enum class Axis : uint8_t {
  Tensor,
  Context,
  Pipeline,
  Data, ///< ranks with the same dense parameters: dp x cp
  Expert,
  ExpertTensor,
  ExpertData ///< ranks with the same experts: edp
};
constexpr unsigned numAxes = 7;
/// "tp", "cp", "pp", "dp", "ep", "etp", "edp".
llvm::StringRef nameOf(Axis axis);

/// In which order stages run passes. One forward, one backward; interleaved
/// where stages have several chunks (Narayanan et al., arXiv 2104.04473).
/// ZeroBubble: ZB-H1, which postpones gradients of weights to where stages
/// wait (Qi et al., arXiv 2401.10241). DualPipe: micro-batches enter at both
/// ends, so every rank holds a stage and its mirror image (DeepSeek-V3, arXiv
/// 2412.19437).
enum class PipelineSchedule : uint8_t { OneFOneB, ZeroBubble, DualPipe };

/// `groups` and `sameRanks` follow from the degrees, the order of the axes and
/// the schedule.
struct Degrees {
  PipelineSchedule schedule = PipelineSchedule::OneFOneB;
  int64_t tp = 1, cp = 1, pp = 1, vpp = 1, dp = 1, ep = 1, etp = 1, edp = 1;
  std::array<Group, numAxes> groups;
  /// The first axis over the same ranks, with which an axis shares its
  /// communicator: `tp` of `etp` where both are the same groups.
  std::array<Axis, numAxes> sameRanks = {
      Axis::Tensor, Axis::Context,      Axis::Pipeline,  Axis::Data,
      Axis::Expert, Axis::ExpertTensor, Axis::ExpertData};

  const Group &group(Axis axis) const {
    return groups[static_cast<unsigned>(axis)];
  }
  /// Whether the groups of an axis are those of no axis before it.
  bool ownsRanks(Axis axis) const {
    return sameRanks[static_cast<unsigned>(axis)] == axis;
  }
  int64_t worldSize() const { return tp * cp * pp * dp; }
};

/// Under DualPipe the ranks at both ends of the pipeline hold the same two
/// stages, so twice as many ranks have the same parameters and sum their
/// gradients (examples/example_dualpipe.py of deepseek-ai/DualPipe adds those
/// of the mirrored rank). Joins such groups, whose two halves are in one NVLink
/// domain where a whole pipeline is; leaves those of other schedules alone.
void joinMirroredGroups(Degrees &degrees);
/// Sizes of the groups, from the degrees; nothing is said about their places.
void setGroupSizes(Degrees &degrees);
/// Groups of ranks in the order tp-cp-ep-dp-pp over NVLink domains of `domain`
/// neighbouring ranks.
void placeGroups(Degrees &degrees, int64_t domain);

struct Workload {
  Phase phase = Phase::Train;
  /// Of training and prefill.
  Count sequenceLength = std::nullopt;
  /// Keys a query of decode sees.
  Count contextLength = std::nullopt;
  Count microBatch = std::nullopt, globalBatch = std::nullopt;
  /// Sequences of a replica when serving.
  Count batch = std::nullopt;
  /// Keys and values have a byte a number instead of an activation's.
  bool fp8Cache = false;
  /// Tokens that prediction layers guess ahead in each pass of decode, which
  /// verifies them beside the last one; and the chance that a guess behind
  /// right ones is right.
  int64_t draftTokens = 0;
  double acceptance = 0;
  NumberFormat precision = NumberFormat::BF16;
  NumberFormat gradients = NumberFormat::FP32, master = NumberFormat::FP32,
               moments = NumberFormat::FP32;
  /// Moments that the optimizer keeps of each parameter of the layers, and of
  /// the embedding and the output head: two under Adam.
  int64_t layerMoments = 2, endMoments = 2;
  StateSharding sharding = StateSharding::None;
  /// Of the states, what host memory keeps, in thousandths.
  int64_t offloadPermille = 0;
  RecomputeSet recompute;
  TokenDispatcher dispatcher = TokenDispatcher::AllToAll;
  bool expertOverlap = false; ///< all-to-alls run beside computation
  bool tensorOverlap = false; ///< gathers of tensor parallelism do, in parts
  GraphScope graphs = GraphScope::None;
  ContextExchange contextExchange = ContextExchange::Ring;
  /// TransformerEngine's cross entropy, which works in place
  /// (--cross-entropy-fusion-impl te).
  bool fusedLoss = false;
  /// Rows sent per row of balanced routing, in thousandths; unknown when no
  /// token is dropped.
  Count capacityPermille = std::nullopt;
  /// Year x 12 + month of the framework release; 0: not stated.
  int64_t softwareMonth = 0;

  /// Bits of the main copy of a parameter beside its weight. FP32 weights are
  /// their own: Megatron-Core's FP32Optimizer has none, and its distributed
  /// optimizer takes views of them (shard_fp32_groups in distrib_optimizer.py).
  int64_t masterBits() const {
    return precision == NumberFormat::FP32 ? 0 : bitsOf(master);
  }
  /// One kernel quantises, multiplies and activates all experts of a rank:
  /// Megatron-Core from 2026-06 on, in MXFP8 and under graphs of whole steps.
  bool fusesExperts() const;
};

struct Machine {
  /// Which constants of the calibration apply: "H100", "GB200", ...
  llvm::StringRef gpu;
  double memoryBytes = 0, memoryBandwidth = 0;
  /// Dense; 0 where the GPU has no such tensor cores.
  double peakBf16 = 0, peakFp8 = 0, peakFp4 = 0;
  /// Per GPU and direction.
  double nvlink = 0, network = 0;
  /// To the memory of the host, per GPU and direction; 0: not known.
  double hostLink = 0;
  int64_t nvlinkDomain = 8, gpusPerNode = 8;
};

/// Ranks of a job that one NVLink domain holds: jobs fill racks evenly, so a
/// rack of 72 GPUs gives 64 of them to a job of 256. `domain` and `node` count
/// GPUs, `world` the ranks of the job.
int64_t alignedDomain(int64_t domain, int64_t node, int64_t world);

/// What a pipeline stage runs: ranges of layers, chunk by chunk.
struct StageShape {
  llvm::SmallVector<std::pair<int64_t, int64_t>, 4> chunks;
  bool embedding = false, output = false;
  int64_t mtpLayers = 0;
};

struct Job {
  ModelShape model;
  Degrees degrees;
  Workload workload;
  Machine machine;
  llvm::SmallVector<StageShape, 8> stages;

  bool isTraining() const { return workload.phase == Phase::Train; }
  /// Bytes of one element of an activation: 8-bit and 4-bit formats compute in
  /// bf16 and quantise inside their blocks.
  int64_t activationBytes() const;
  /// Bytes of keys and values in a cache.
  Count cachedBytes(Count numbers) const;
  /// Tokens of one pass on one rank, before tensor parallelism splits them: one
  /// micro-batch of training, the batch of a replica when serving; drafted
  /// tokens are verified with it.
  Count tokens() const;
  /// Rows of the embedding and of the output head on one rank.
  Count vocabShare() const;
  /// Tokens of one rank where its tensor-parallel group shares them.
  Count shardedTokens() const;
  /// Keys the last query sees.
  Count context() const;
  /// Ranks of tensor parallelism share the sequence between blocks.
  bool sequenceParallel() const { return isTraining() && degrees.tp > 1; }
  /// Attention is preceded and followed by an all-to-all over `cp`. Decode
  /// splits the cache instead.
  bool exchangesHeads() const;
  /// Parts of a batch that take turns when serving, so that one computes while
  /// the other exchanges tokens (two-batch overlap).
  int64_t servedParts() const;
  /// Micro-batches of one replica in a step; 1 when serving.
  Count microBatches() const;
  /// Tokens a sequence gains in a pass of decode, on the mean: the last one and
  /// the guesses before the first wrong one, 1 + a + ... + a^n (Leviathan et
  /// al., arXiv 2211.17192, equation 1).
  double tokensPerPass() const;
  /// Layers that predict further tokens, of all stages.
  int64_t predictionLayers() const;
  /// Whether these layers draft the tokens that a pass of decode verifies. They
  /// take turns, with an output head behind each draft.
  bool drafts() const;
  /// The job as all drafts but the first see it: one token of each sequence.
  /// The first runs over all that were verified, for their keys and values
  /// (propose() in vllm/v1/spec_decode/eagle.py). Without layers and stages, so
  /// that nothing is allocated.
  Job laterDraft() const;
  /// The stage whose ranks also hold `stage`, and which their own stage is
  /// mirrored on; itself without DualPipe.
  int64_t mirrorOf(int64_t stage) const;
};

} // namespace mlir::moe::cost

#endif // MOE_COST_JOB_H
