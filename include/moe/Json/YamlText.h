//===- YamlText.h - YAML text, read safely ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's YAML parser over a file from elsewhere: what it objects to becomes an
// error like any other, and what would exhaust its stack is refused before.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_YAMLTEXT_H
#define MOE_JSON_YAMLTEXT_H

#include "moe/Json/InputError.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include <optional>

namespace mlir::moe {

class YamlText {
public:
  /// `text` stays with the caller. Errors are of `file`; a text that is nested
  /// too deeply is one, and has no root.
  YamlText(llvm::StringRef text, llvm::StringRef file, InputErrors &errors);
  YamlText(const YamlText &) = delete;
  YamlText &operator=(const YamlText &) = delete;

  /// The root of the first document, null when there is none. Nodes are parsed
  /// as they are walked, each once and in their order; errors come then.
  llvm::yaml::Node *root();
  /// The line on which a node starts, from 1; 0 for a node that stands nowhere.
  unsigned lineOf(const llvm::yaml::Node &node) const;

private:
  std::string file;
  InputErrors &errors;
  llvm::SourceMgr sources;
  std::optional<llvm::yaml::Stream> stream;
};

} // namespace mlir::moe

#endif // MOE_JSON_YAMLTEXT_H
