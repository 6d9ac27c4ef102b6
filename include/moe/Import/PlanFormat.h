//===- PlanFormat.h - The plan file as a table ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a plan file may contain, once: every key with its type, range, words,
// the attribute that holds it and a line of explanation. Reading, suggestions
// and writing are driven by it. The keys of a model are not in it: they are
// those of Hugging Face (moe/Model/HfConfig.h).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_PLANFORMAT_H
#define MOE_IMPORT_PLANFORMAT_H

#include "mlir/IR/Attributes.h"
#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::moe {

/// Value of the key `schema`.
constexpr llvm::StringLiteral planSchema = "moe-plan/1";

/// Most ranks, nodes and degrees; more is a typing error.
constexpr int64_t maxRanks = int64_t(1) << 24;
/// Most of anything else that is counted.
constexpr int64_t maxCount = int64_t(1) << 40;

/// What a key of the plan file holds.
enum class KeyKind : uint8_t {
  Schema,      ///< the version of the format
  Name,        ///< name of the plan
  Text,        ///< a string that is not empty
  Count,       ///< an integer
  Degree,      ///< an integer or "auto"
  Flag,        ///< true or false
  Word,        ///< one word of an enum
  Quantity,    ///< a string with number and unit
  Number,      ///< a JSON number above 0, kept as written
  Texts,       ///< an array of strings
  Paths,       ///< a string, or an array of them
  WordOrTexts, ///< one of the words, or an array of other strings
  Placement,   ///< a rule by name or the path of a placement file
  Record,      ///< an object that becomes one attribute
  Model,       ///< a path or the keys of a model
  Object,      ///< an object that becomes one operation
  Objects,     ///< an array of objects, one operation each
  Bounds,      ///< an object with a condition per metric, one operation each
  Counts,      ///< an array of integers that becomes one operation
};

/// The words of an enum and its attribute.
struct Vocabulary {
  llvm::SmallVector<llvm::StringRef> (*words)();
  Attribute (*build)(MLIRContext *context, size_t index);
  llvm::StringRef (*spell)(Attribute word);
};

struct PlanSection;

/// One key of an object of the plan file.
struct PlanKey {
  llvm::StringRef name;
  KeyKind kind;
  /// One line for people, with the unit.
  llvm::StringRef description;
  /// Attribute of the operation, if it is not called as the key.
  llvm::StringRef attribute = {};
  bool required = false;
  /// Range of integers; of a quantity the least sign, 0 or 1.
  int64_t min = 1, max = maxCount;
  Dimension dimension = Dimension::Count;
  const Vocabulary *vocabulary = nullptr;
  /// Texts: a regular expression.
  llvm::StringRef pattern = {};
  /// A value, for messages and the documentation.
  llvm::StringRef example = {};
  /// What holds where the key is absent; empty: then the plan lacks it.
  llvm::StringRef absent = {};
  /// Bounds: the metrics. WordOrTexts: the words.
  llvm::ArrayRef<llvm::StringRef> words = {};
  /// Text, Texts, WordOrTexts: the strings that may stand there. Word: those of
  /// the vocabulary that may. Empty: all.
  llvm::ArrayRef<llvm::StringRef> choices = {};
  /// What an element or the object is made of.
  const PlanSection *section = nullptr;

  /// The words of a key of kind Word that may stand there.
  llvm::SmallVector<llvm::StringRef> possibleWords() const;
  llvm::StringRef attributeName() const {
    return attribute.empty() ? name : attribute;
  }
  constexpr PlanKey require() const {
    PlanKey copy = *this;
    copy.required = true;
    return copy;
  }
  constexpr PlanKey suchAs(llvm::StringRef value) const {
    PlanKey copy = *this;
    copy.example = value;
    return copy;
  }
  constexpr PlanKey among(llvm::ArrayRef<llvm::StringRef> strings) const {
    PlanKey copy = *this;
    copy.choices = strings;
    return copy;
  }
  constexpr PlanKey otherwise(llvm::StringRef value) const {
    PlanKey copy = *this;
    copy.absent = value;
    return copy;
  }
};

/// An object of the plan file and the operation that holds it.
struct PlanSection {
  /// "moe.cluster"; empty for the object of an attribute.
  llvm::StringRef operation;
  /// Symbol of the operation, if it has one.
  llvm::StringRef symbol;
  bool hasBody = false;
  /// In the order in which they are written.
  llvm::ArrayRef<PlanKey> keys;
};

/// The whole file: the object at its root.
const PlanSection &planFormat();

} // namespace mlir::moe

#endif // MOE_IMPORT_PLANFORMAT_H
