//===- ShellReading.h - What a script says, to the reader and to bash *- C++
//-*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_SHELLREADING_H
#define MOE_TEST_UNIT_SHELLREADING_H

#include "EmitFolder.h"
#include "moe/Readers/ShellScript.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::moe {

/// The words of all commands, or of those that begin with `only`.
inline std::vector<shell::Word> wordsOf(const std::string &text,
                                        llvm::StringRef only = "") {
  InputErrors errors;
  std::optional<shell::Script> script =
      shell::readScript(text, "script", {}, errors);
  if (!script)
    return {{"error: " + errors.list().front().message, 0}};
  std::vector<shell::Word> all;
  for (shell::Command &command : script->commands)
    if (only.empty() || command.words.front().text == only)
      llvm::append_range(all, std::move(command.words));
  return all;
}

/// `<w><a><b c>`: every word between angles.
inline std::string shown(const std::string &text, llvm::StringRef only = "") {
  std::string result;
  for (const shell::Word &word : wordsOf(text, only))
    result +=
        word.isKnown() ? "<" + word.text + ">" : "<?" + word.gap->why + ">";
  return result;
}

/// What bash passes to `w` in each of the scripts, one line each.
inline std::vector<std::string> askBash(const std::vector<std::string> &all) {
  Folder folder;
  std::string runs;
  for (size_t i = 0; i < all.size(); ++i) {
    std::string name = "script" + std::to_string(i);
    folder.write(name, "w() { printf '<w>'; for a in \"$@\"; do printf '<%s>' "
                       "\"$a\"; done; }\nexport -f w\nset -f\n" +
                           all[i] + "\n");
    runs += "env -i bash " + name + " </dev/null 2>&1; printf '\\1'\n";
  }
  std::string output = folder.run(runs).output;
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(output).split(parts, '\1');
  return {parts.begin(), parts.end() - 1};
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_SHELLREADING_H
