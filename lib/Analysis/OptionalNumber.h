//===- OptionalNumber.h - Optional numbers of operations --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_ANALYSIS_OPTIONALNUMBER_H
#define MOE_LIB_ANALYSIS_OPTIONALNUMBER_H

#include <cstdint>
#include <optional>

namespace mlir::moe {

/// The value of an optional integer attribute, as the analyses compute with it:
/// generated accessors return it unsigned, verifiers keep it below 2^63.
inline std::optional<int64_t> toSigned(std::optional<uint64_t> value) {
  return value ? std::optional<int64_t>(*value) : std::nullopt;
}

} // namespace mlir::moe

#endif // MOE_LIB_ANALYSIS_OPTIONALNUMBER_H
