//===- GroupsOptions.h - Options of `moec groups` ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The options of each framework, under its own short and long names, bound to
// the configuration they set.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_GROUPSOPTIONS_H
#define MOE_LIB_DRIVER_GROUPSOPTIONS_H

#include "moe/Frameworks/Configurations.h"
#include <vector>

namespace mlir::moe {

struct GroupsOption {
  /// A flag of the framework that changes none of its groups; one that may be
  /// pasted with the rest of its command line.
  struct NoEffect {};
  using Target =
      std::variant<int64_t *, std::optional<int64_t> *, std::string *, bool *,
                   std::vector<int64_t> *, NoEffect>;

  /// Without the dashes; `_` is spelt `-`.
  llvm::StringRef name;
  Target target;
  /// The framework's own long names.
  llvm::SmallVector<llvm::StringRef, 2> longNames;

  bool isCalled(llvm::StringRef text) const;
  bool isFlag() const {
    return std::holds_alternative<bool *>(target) || !hasEffect();
  }
  bool hasEffect() const { return !std::holds_alternative<NoEffect>(target); }
  bool isList() const {
    return std::holds_alternative<std::vector<int64_t> *>(target);
  }
};

/// An option of the framework whose groups are not known here.
struct UnsupportedOption {
  llvm::StringRef framework, name;
  /// What it would do, as the end of a sentence.
  llvm::StringRef reason;
};

using FrameworkConfiguration =
    std::variant<MegatronConfiguration, TorchTitanConfiguration,
                 VllmConfiguration, SGLangConfiguration,
                 DeepSpeedConfiguration>;

struct GroupsFramework {
  llvm::StringRef name;
  FrameworkConfiguration defaults;
};

/// The frameworks whose groups are known.
llvm::ArrayRef<GroupsFramework> knownFrameworks();

llvm::ArrayRef<UnsupportedOption> unsupportedOptions();

/// The options that set `config`, `world` first. They point into `config`.
std::vector<GroupsOption> optionsOf(FrameworkConfiguration &config);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_GROUPSOPTIONS_H
