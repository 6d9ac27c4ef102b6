//===- Recipe.h - What a launch file says about a plan ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Figures of a plan, each with the flag and the line that give it, and what of
// the file says nothing about a plan.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_READERS_RECIPE_H
#define MOE_READERS_RECIPE_H

#include "moe/Json/InputError.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// A key of the plan file and its value.
struct RecipeSetting {
  std::string section; ///< "parallelism", "model", "cluster", "workload"
  std::string key;     ///< "tp"
  std::string json;    ///< "8", "\"bf16\""
  std::string source;  ///< "--tensor-model-parallel-size, line 12"
  unsigned line = 0;
};

/// A flag that a plan has no key for.
struct UnusedFlag {
  std::string flag;
  unsigned line = 0;
};

class Recipe {
public:
  explicit Recipe(std::string file) : file(std::move(file)) {}

  /// States a key. Another value for one that is stated already is an error
  /// that names both places.
  void set(llvm::StringRef section, llvm::StringRef key, std::string json,
           std::string source, unsigned line, InputErrors &errors);
  void set(llvm::StringRef section, llvm::StringRef key, int64_t number,
           std::string source, unsigned line, InputErrors &errors) {
    set(section, key, std::to_string(number), std::move(source), line, errors);
  }
  /// Null when it is not stated.
  const RecipeSetting *find(llvm::StringRef section, llvm::StringRef key) const;
  /// The number it states, or `otherwise`.
  int64_t integer(llvm::StringRef section, llvm::StringRef key,
                  int64_t otherwise) const;
  /// Says what the reader of the plan should know.
  void note(unsigned line, std::string message) {
    notes.push_back({file, {line, line ? 1u : 0u}, std::move(message)});
  }

  std::string file;
  /// As `framework` of the plan file spells it.
  std::string framework;
  /// In the order in which they were found.
  std::vector<RecipeSetting> settings;
  std::vector<UnusedFlag> unused;
  std::vector<InputNote> notes;
  /// What a serving framework is told to load, a path or a name; empty when
  /// the model is given by its dimensions.
  std::string model;
  /// GPUs of one node, ranks per node or GPUs of the whole job, as stated.
  std::optional<int64_t> nodes, gpusPerNode, worldSize;
  /// As a scheduler calls it ("h100"); empty when no line says so.
  std::string gpu;
  /// Path of a placement of experts, as the file names it; empty without one.
  std::string placement;
  /// Layers of each chunk of a stage, where the file counts those instead of
  /// the chunks.
  std::optional<int64_t> layersPerChunk;
  /// Expert slots of a layer beyond one per expert.
  int64_t redundantExperts = 0;
};

} // namespace mlir::moe

#endif // MOE_READERS_RECIPE_H
