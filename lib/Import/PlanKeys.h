//===- PlanKeys.h - How rows of the plan format are written -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each kind of key, and the sections that describe the job.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_PLANKEYS_H
#define MOE_LIB_IMPORT_PLANKEYS_H

#include "moe/IR/EnumWords.h"
#include "moe/Import/PlanFormat.h"

namespace mlir::moe {

/// PlanSections.cpp.
extern const PlanSection clusterSection, workloadSection, parallelismSection,
    expertSection;

namespace planfile {

template <typename AttrT>
constexpr Vocabulary vocabularyOf() {
  using EnumT = decltype(std::declval<AttrT>().getValue());
  return {[] { return keywordsOf<EnumT>(); },
          [](MLIRContext *context, size_t index) -> Attribute {
            return AttrT::get(context, static_cast<EnumT>(index));
          },
          [](Attribute word) -> llvm::StringRef {
            return stringifyEnum(cast<AttrT>(word).getValue());
          }};
}
template <typename AttrT>
constexpr Vocabulary vocabulary = vocabularyOf<AttrT>();

constexpr PlanKey key(llvm::StringRef name, KeyKind kind,
                      llvm::StringRef description,
                      llvm::StringRef attribute = {}) {
  PlanKey key{name, kind, description};
  key.attribute = attribute;
  return key;
}
constexpr PlanKey text(llvm::StringRef name, llvm::StringRef description,
                       llvm::StringRef attribute = {}) {
  return key(name, KeyKind::Text, description, attribute);
}
constexpr PlanKey matching(PlanKey text, llvm::StringRef pattern,
                           llvm::StringRef example) {
  text.pattern = pattern;
  text.example = example;
  return text;
}
constexpr PlanKey count(llvm::StringRef name, llvm::StringRef description,
                        int64_t max = maxCount) {
  PlanKey count = key(name, KeyKind::Count, description);
  count.max = max;
  return count;
}
constexpr PlanKey ranks(llvm::StringRef name, llvm::StringRef description) {
  return count(name, description, maxRanks);
}
template <typename AttrT>
constexpr PlanKey word(llvm::StringRef name, llvm::StringRef description) {
  PlanKey word = key(name, KeyKind::Word, description);
  word.vocabulary = &vocabulary<AttrT>;
  return word;
}
/// A number above 0 and at most 1.
constexpr PlanKey share(llvm::StringRef name, llvm::StringRef description) {
  PlanKey share = key(name, KeyKind::Number, description);
  share.max = 1;
  return share;
}
constexpr PlanKey quantity(llvm::StringRef name, Dimension dimension,
                           llvm::StringRef description, int64_t min = 1) {
  PlanKey quantity = key(name, KeyKind::Quantity, description);
  quantity.dimension = dimension;
  quantity.min = min;
  return quantity;
}
constexpr PlanKey nested(llvm::StringRef name, KeyKind kind,
                         llvm::StringRef description,
                         const PlanSection &section) {
  PlanKey nested = key(name, kind, description);
  nested.section = &section;
  return nested;
}
constexpr PlanKey bounds(llvm::StringRef name, llvm::StringRef description,
                         const PlanSection &section,
                         llvm::ArrayRef<llvm::StringRef> metrics) {
  PlanKey bounds = nested(name, KeyKind::Bounds, description, section);
  bounds.words = metrics;
  return bounds;
}

} // namespace planfile
} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_PLANKEYS_H
