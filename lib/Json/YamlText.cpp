//===- YamlText.cpp - YAML text, read safely ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Json/YamlText.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// Deeper than any file that is read here: settings, topologies, placements.
static constexpr int kMaxDepth = 64;
/// Columns by which a line may be indented: deeper blocks need more.
static constexpr size_t kMaxIndent = 1024;

/// Blocks that one line opens: `- ? - value` has three.
static int blocksOpened(StringRef line) {
  int blocks = 0;
  for (size_t i = 0; i + 1 < line.size(); ++i)
    blocks += (line[i] == '-' || line[i] == '?') && llvm::isSpace(line[i + 1]);
  return blocks;
}

/// The first line that the parser, which recurses into every level, should not
/// see; 0 when there is none. Brackets count wherever they stand.
static unsigned lineNestedTooDeeply(StringRef text) {
  int depth = 0;
  for (unsigned line = 1; !text.empty(); ++line) {
    StringRef current;
    std::tie(current, text) = text.split('\n');
    StringRef content = current.ltrim(" \t");
    for (char c : content) {
      depth += c == '[' || c == '{';
      depth -= c == ']' || c == '}';
      if (depth > kMaxDepth)
        return line;
    }
    if (current.size() - content.size() > kMaxIndent ||
        (!content.starts_with("#") && blocksOpened(content) > kMaxDepth))
      return line;
  }
  return 0;
}

YamlText::YamlText(StringRef text, StringRef file, InputErrors &errors)
    : file(file.str()), errors(errors) {
  sources.setDiagHandler(
      [](const llvm::SMDiagnostic &problem, void *data) {
        auto &yaml = *static_cast<YamlText *>(data);
        auto line = static_cast<unsigned>(std::max(problem.getLineNo(), 0));
        yaml.errors.add(yaml.file, {line, 1},
                        "no YAML: " + problem.getMessage().lower());
      },
      this);
  if (unsigned line = lineNestedTooDeeply(text))
    errors.add(file, {line, 1}, "is nested too deeply to be read");
  else
    stream.emplace(text, sources, /*ShowColors=*/false);
}

llvm::yaml::Node *YamlText::root() {
  if (!stream)
    return nullptr;
  llvm::yaml::document_iterator document = stream->begin();
  return document == stream->end() ? nullptr : document->getRoot();
}

unsigned YamlText::lineOf(const llvm::yaml::Node &node) const {
  // What a broken text leaves out is a node that stands nowhere.
  llvm::SMLoc start = node.getSourceRange().Start;
  unsigned buffer = sources.FindBufferContainingLoc(start);
  return buffer ? sources.getLineAndColumn(start, buffer).first : 0;
}
