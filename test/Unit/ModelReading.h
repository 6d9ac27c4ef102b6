//===- ModelReading.h - Model configurations for tests --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a configuration from a file of the inputs or from a text.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_MODELREADING_H
#define MOE_TEST_UNIT_MODELREADING_H

#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "gtest/gtest.h"

namespace mlir::moe::model {

inline std::string inputFile(llvm::StringRef name) {
  return MOE_TEST_INPUTS "/hf_configs/" + name.str() + ".json";
}

inline std::string render(const InputErrors &errors) {
  std::string text;
  for (const InputError &error : errors.list())
    text += error.str();
  return text;
}

inline std::string renderNotes(const ModelShape &shape) {
  std::string text;
  for (const InputNote &note : shape.notes)
    text += std::to_string(note.position.line) + ":" +
            std::to_string(note.position.column) + ": " + note.message + "\n";
  return text;
}

inline ModelShape readFile(llvm::StringRef name) {
  InputErrors errors;
  std::optional<json::Document> document =
      json::Document::readFile(inputFile(name), errors);
  EXPECT_TRUE(document) << render(errors);
  if (!document)
    return {};
  ModelShape shape =
      readModelConfig(document->root(), "$", document->file(), errors);
  EXPECT_TRUE(errors.empty()) << render(errors);
  return shape;
}

/// Reads `text`; `errors` gets the rendered errors.
inline ModelShape readText(llvm::StringRef text, std::string &errors) {
  InputErrors list;
  std::optional<json::Document> document =
      json::Document::parse(text, "m.json", list);
  EXPECT_TRUE(document) << render(list);
  ModelShape shape;
  if (document)
    shape = readModelConfig(document->root(), "$.model", "m.json", list);
  errors = render(list);
  return shape;
}

inline ModelShape readGood(llvm::StringRef text) {
  std::string errors;
  ModelShape shape = readText(text, errors);
  EXPECT_EQ(errors, "");
  return shape;
}

inline std::string readErrors(llvm::StringRef text) {
  std::string errors;
  readText(text, errors);
  return errors;
}

} // namespace mlir::moe::model

#endif // MOE_TEST_UNIT_MODELREADING_H
