//===- Recipe.cpp - What a launch file says about a plan ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/Recipe.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

const RecipeSetting *Recipe::find(StringRef section, StringRef key) const {
  auto found = llvm::find_if(settings, [&](const RecipeSetting &setting) {
    return setting.section == section && setting.key == key;
  });
  return found == settings.end() ? nullptr : &*found;
}

int64_t Recipe::integer(StringRef section, StringRef key,
                        int64_t otherwise) const {
  const RecipeSetting *setting = find(section, key);
  int64_t value = otherwise;
  if (setting && StringRef(setting->json).getAsInteger(10, value))
    return otherwise;
  return value;
}

void Recipe::set(StringRef section, StringRef key, std::string json,
                 std::string source, unsigned line, InputErrors &errors) {
  const RecipeSetting *other = find(section, key);
  if (!other) {
    settings.push_back(
        {section.str(), key.str(), std::move(json), std::move(source), line});
    return;
  }
  if (other->json == json)
    return;
  InputError error{file,
                   {line, 1},
                   quoted(key) + " is " + json + " by " + source + ", but " +
                       other->json + " by " + other->source,
                   {}};
  if (other->line)
    error.notes.push_back({file, {other->line, 1}, "the other value is here"});
  errors.add(std::move(error));
}
