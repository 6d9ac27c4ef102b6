//===- Render.h - Strict rendering of templates -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// llvm/Support/Mustache.h with the holes closed: values are escaped for the
// kind of file they go into, a key that the context lacks is an error, and so
// is a tag or section that is not closed. Templates are the files under
// templates/, embedded in the binary; a directory may override them.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_EMIT_RENDER_H
#define MOE_EMIT_RENDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace mlir::moe {

/// Where the values of a template end up. Decides how they are escaped.
enum class TemplateKind {
  /// Between the quotes of '...'; tags are {{name}}.
  Shell,
  /// Between the quotes of "..."; tags are {%name%}, because {{ opens an
  /// initialiser.
  Cpp,
  /// Between the quotes of "..."; tags are {{name}}.
  Yaml,
  /// In a paragraph or a table cell; tags are {{name}}.
  Markdown,
  /// In text or between the quotes of an attribute; tags are {{name}}.
  Html,
  /// Anywhere; the context holds nothing but words and numbers.
  Plain,
};

/// By the ending of the file that a template produces: `.h` and `.cpp` are
/// Cpp, `.sh`, `.sbatch` and `.env` Shell, `.yaml` Yaml, `.md` Markdown,
/// `.html` Html, the rest Plain.
TemplateKind templateKind(llvm::StringRef path);

struct EmbeddedTemplate {
  llvm::StringLiteral path; ///< below templates/, e.g. "nccl/comms.h"
  llvm::StringLiteral text;
};

/// All files under templates/, as they were when this was built.
llvm::ArrayRef<EmbeddedTemplate> embeddedTemplates();

/// Text of the template `path`: from `directory` when that is not empty and
/// holds such a file, else the embedded one.
llvm::Expected<std::string> loadTemplate(llvm::StringRef path,
                                         llvm::StringRef directory);

/// Renders `text`. Values are strings (numbers too: the engine would print
/// 1000000 as 1e+06); sections are lists, objects or booleans; `{{.}}` is an
/// element of a list of strings. Fails, naming `path` and the line, on a key
/// that is absent or of another type and on a tag or section that is not
/// closed.
llvm::Expected<std::string> renderTemplate(llvm::StringRef path,
                                           llvm::StringRef text,
                                           const llvm::json::Object &context);

/// `text` as a value of a context: repairs invalid UTF-8.
std::string templateValue(llvm::StringRef text);
/// `text` for a comment or a heading: control characters become blanks, so it
/// stays on its line.
std::string singleLine(llvm::StringRef text);

} // namespace mlir::moe

#endif // MOE_EMIT_RENDER_H
