//===- RecipeReading.h - What tests ask of a launch file --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_RECIPEREADING_H
#define MOE_TEST_UNIT_RECIPEREADING_H

#include "moe/Model/StageLayout.h"
#include "moe/Readers/LaunchFile.h"
#include <gtest/gtest.h>

namespace mlir::moe {

/// The layers of each stage that a layout states.
inline std::vector<int64_t> layersOf(llvm::StringRef json) {
  std::string error;
  std::optional<StageLayout> layout = StageLayout::parse(json.trim('"'), error);
  std::vector<int64_t> counts;
  if (layout)
    for (const LayoutChunk &chunk : layout->chunks())
      counts.push_back(chunk.count(LayerKind::Decoder));
  return counts;
}

inline std::string errorsOf(const std::string &text,
                            LaunchFileOptions options = {},
                            const std::string &file = "run.sh") {
  InputErrors errors;
  readLaunchFile(text, file, options, errors);
  std::string all;
  for (const InputError &error : errors.list())
    all += error.str();
  return all;
}

inline Recipe recipeOf(const std::string &text,
                       LaunchFileOptions options = {}) {
  InputErrors errors;
  std::optional<Recipe> recipe =
      readLaunchFile(text, "run.sh", options, errors);
  EXPECT_TRUE(recipe) << (errors.empty() ? "" : errors.list().front().str());
  return recipe ? *recipe : Recipe("");
}

/// `section.key=json` of all settings, sorted by their order.
inline std::string settingsOf(const Recipe &recipe, llvm::StringRef section) {
  std::string text;
  for (const RecipeSetting &setting : recipe.settings)
    if (setting.section == section)
      text += setting.key + "=" + setting.json + " ";
  return text;
}

/// `line: message` of every note.
inline std::string notesOf(const Recipe &recipe) {
  std::string text;
  for (const InputNote &note : recipe.notes)
    text += std::to_string(note.position.line) + ": " + note.message + "\n";
  return text;
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_RECIPEREADING_H
