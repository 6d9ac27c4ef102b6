//===- Changes.h - How much a figure changed --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// "-23 %", "2x faster", "a reduction of 40 %": a change has a size and mostly a
// direction, which is a claim as much as the size is.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_CHANGES_H
#define MOE_LIB_PROSE_CHANGES_H

#include "ClaimSink.h"

namespace mlir::moe {

/// Which way a figure went, as words and signs say.
enum class Direction : uint8_t { Unsaid, Up, Down, Better };

/// "50 %" or "4 x", which way.
struct StatedChange {
  Amount amount;
  Direction direction = Direction::Unsaid;
};

/// Whether an amount can state a change: it is a percentage or a factor.
bool isChange(const Amount &amount);

/// Whether the amounts are values of one thing, both above zero.
bool areComparable(const Amount &before, const Amount &after);

/// The value in SI units; of a range its lower end.
double valueOf(const Amount &amount);

/// `95 % - 60 %`: what the larger value has more, as a claim writes it.
std::string differenceOf(const Amount &before, const Amount &after);

/// Whether a token is a unit of such a difference of percentages: "+22 points",
/// "-6 pp".
bool isPointsUnit(const Token &token);

/// Whether a stated whole is so near to what parts add up to that it is meant
/// as their sum; what is far from it is the total of something else.
bool isNearSum(double sum, double whole);

/// The change at a token with its direction: a sign before it, or a word of the
/// same clause, "20 % less".
StatedChange changeAt(const Statement &statement, size_t token);

/// "Doubled", "halved": the change that a word alone is; nothing without one.
std::optional<StatedChange> changeInWords(const Statement &statement);

/// Which way the words of a heading say that the values below went.
Direction directionIn(const Statement &words);

/// `change(16, 24) = 50 %`, `0.5 GB / 2 GB = 4 x`: how the two values relate to
/// the change that is stated. Without a direction it is the way the values
/// went; of percentages it may be their difference. False when that is no
/// claim.
bool claimChange(const Amount &before, const Amount &after,
                 const StatedChange &change, const Statement &statement,
                 ClaimSink &sink);

/// Whether that is so.
bool isThatChange(const Amount &before, const Amount &after,
                  const StatedChange &change, const ClaimSink &sink);

/// What changes is what is used, not what there is: of "GPU memory" the memory
/// in use, of other figures themselves.
const MetricPhrase *changingFigure(const MetricPhrase *phrase);

/// `left / right` as a claim writes it, in SI units where a number is a
/// multiple of a power of ten; nothing when they are none of that kind.
std::optional<std::string> quotientOf(const Amount &left, const Amount &right);

/// What is measured on so many GPUs or nodes: a rate or a time.
struct ValuesOfGpus {
  Amount gpus, value;
};

/// `(190 / 100) / (4 / 2)`: the share of what more GPUs could give that was
/// gained, of a rate or of the time of one job. Nothing when the values are
/// none of that kind.
std::optional<std::string> efficiencyOf(const ValuesOfGpus &before,
                                        const ValuesOfGpus &after);

//===----------------------------------------------------------------------===//
// ChangePairs.cpp
//===----------------------------------------------------------------------===//

/// Tokens of two values of one figure.
struct ValuePair {
  size_t before = 0, after = 0;
};

/// "from 16 to 24" and "16 -> 24" in a line, in their order. `joined`: with
/// arrows that say "gives", "8 replicas -> 24 GPUs".
std::vector<ValuePair> pairsIn(const Statement &statement, bool joined = false);

/// "0.008 s (60 % improvement vs. 0.020 s baseline)": the value before is the
/// one it is compared with.
std::optional<ValuePair> referencePairIn(const Statement &statement);

/// The changes that go with the pair, nearest first: percentages and factors
/// which no claim was made of, and which words give to no other figure.
std::vector<size_t> changesBeside(const Statement &statement,
                                  const ValuePair &pair);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_CHANGES_H
