//===- ShellExpansions.cpp - What $NAME and ${NAME...} expand to
//-----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellWords.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

void WordReader::expandVariable(StringRef name, bool isQuoted) {
  const Variable *variable = variables.find(name);
  if (!variable && (llvm::isDigit(name.front()) || name == "OPTARG"))
    return addArgument(name);
  if (!variable)
    return addUnset(name);
  if (variable->elements.empty())
    return;
  cursor.spend(variable->elements.front().cost());
  if (!cursor.failed())
    builder.addValue(variable->elements.front(), isQuoted, cursor.line());
}

void WordReader::expandWith(StringRef name, StringRef operation,
                            bool isQuoted) {
  const Variable *variable = variables.find(name);
  if (operation == "[@]" || operation == "[*]") {
    if (!variable)
      return addUnknown("'$" + name + "' is not set in the script");
    cursor.spend(variable->cost());
    if (cursor.failed())
      return;
    if (operation == "[@]" || !isQuoted)
      return builder.addElements(*variable, isQuoted, cursor.line());
    for (const Text &element : variable->elements) {
      if (&element != variable->elements.data())
        builder.add(' ', cursor.line());
      builder.addValue(element, /*isQuoted=*/true, cursor.line());
    }
    return;
  }
  if (expandElement(name, operation, isQuoted))
    return;
  // ${NAME:-text} and ${NAME-text}, also with = for -.
  StringRef text = operation;
  bool hasColon = text.consume_front(":");
  bool isAssigned = text.starts_with("=");
  bool isDefault = text.consume_front("-") || text.consume_front("=");
  bool isEmpty = !variable || variable->elements.empty() ||
                 (hasColon && variable->elements.front().chars.empty());
  // Every job has one of its own; so has every call of a function.
  if (isDefault && !variable && isOfLauncher(name))
    return addUnknown("'$" + name +
                      "' is set for the job by its launcher or its host");
  if (isDefault && !variable && variables.isForeign() &&
      llvm::isDigit(name.front()))
    return addArgument(name);
  if (isAssigned && assigns && !isEmpty &&
      !variable->elements.front().gaps.empty())
    variables.forget(name, Gap(variable->elements.front().gaps.front()),
                     cursor.line());
  if (isDefault && isEmpty && isAssigned && assigns) {
    variables.assign(name, {expand(text)}, /*appends=*/false,
                     /*isArray=*/false, cursor.line());
    return expandVariable(name, isQuoted);
  }
  if (isDefault && isEmpty && !isQuoted)
    return expandInto(builder, text, Quotes::Removed);
  if (isDefault && isEmpty)
    return builder.addValue(expand(text), isQuoted, cursor.line());
  if (isDefault || operation.empty() || operation.starts_with(":?"))
    return expandVariable(name, isQuoted);
  addUnknown("'${" + name + operation.take_front(20) + "}' is not followed");
}

/// `${#NAME}` and `${#NAME[@]}`.
void WordReader::expandSize(StringRef text) {
  StringRef name = nameAt(text), index = text.drop_front(name.size());
  const Variable *variable = variables.find(name);
  bool ofList = index == "[@]" || index == "[*]";
  if (!variable || (!ofList && !index.empty()) ||
      llvm::any_of(variable->elements,
                   [](const Text &element) { return !element.gaps.empty(); }))
    return addUnknown("'${#" + text.take_front(20) + "}' is not followed");
  size_t size = ofList ? variable->elements.size()
                : variable->elements.empty()
                    ? 0
                    : variable->elements[0].chars.size();
  // How many characters those bytes are is a matter of the locale.
  if (!ofList && size > 0 && !llvm::isASCII(variable->elements[0].chars))
    return addUnknown("'${#" + text.take_front(20) + "}' is not followed");
  for (char c : std::to_string(size))
    builder.add(c, cursor.line());
}

/// `${NAME[2]}`; false if that is not what stands there.
bool WordReader::expandElement(StringRef name, StringRef index, bool isQuoted) {
  const Variable *variable = variables.find(name);
  size_t number = 0;
  if (!variable || !index.consume_front("[") || !index.consume_back("]") ||
      index.getAsInteger(10, number) || number >= variable->elements.size())
    return false;
  // Which elements are there is not known behind a gap.
  for (size_t i = 0; i <= number; ++i)
    if (!variable->elements[i].gaps.empty())
      return false;
  cursor.spend(variable->elements[number].cost());
  builder.addValue(variable->elements[number], isQuoted, cursor.line());
  return true;
}

void WordReader::readBraces(bool isQuoted) {
  unsigned line = cursor.line();
  StringRef text = cursor.rest().drop_front(2);
  size_t open = 1, end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '{')
      ++open;
    else if (text[end] == '}' && --open == 0)
      break;
  }
  if (end == text.size())
    return cursor.fail(line, "'${' is not closed");
  cursor.advance(2 + end + 1);
  text = text.take_front(end);
  if (text.size() > 1 && text.front() == '#')
    return expandSize(text.drop_front());
  StringRef name = nameAt(text);
  if (name.empty())
    name = text.take_while(llvm::isDigit);
  if (name.empty())
    return addUnknown("'${" + text.take_front(20) + "}' is not followed");
  expandWith(name, text.drop_front(name.size()), isQuoted);
}
