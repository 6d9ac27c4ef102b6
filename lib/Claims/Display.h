//===- Display.h - How messages show computed values ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CLAIMS_DISPLAY_H
#define MOE_LIB_CLAIMS_DISPLAY_H

#include "moe/Claims/ClaimValue.h"
#include "moe/Claims/Claims.h"
#include "moe/Claims/Expression.h"

namespace mlir::moe {

/// The unit in which a value of the claim is shown: that of the stated number,
/// else of any number of that measure, else the largest decimal unit that the
/// value reaches.
Unit displayUnit(const ClaimTree &tree, unsigned stated,
                 const ClaimValue &value);

/// The largest decimal unit that the value reaches; none for bare numbers.
Unit naturalUnit(const ClaimValue &value);

/// `number`, SI, in `unit` with as many digits as show four of significance and
/// all the places of the stated number, and tell it from the stated number:
/// "914.3 x".
std::string display(const Rational &number, Unit unit,
                    const std::optional<Quantity> &stated);

/// `number` rounded to the places of `stated`: "99.8 %".
std::string displayRounded(const Rational &number, const Quantity &stated);

} // namespace mlir::moe

#endif // MOE_LIB_CLAIMS_DISPLAY_H
