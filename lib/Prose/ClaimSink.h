//===- ClaimSink.h - Where readers put what they found ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_CLAIMSINK_H
#define MOE_LIB_PROSE_CLAIMSINK_H

#include "GpuProducts.h"
#include "MetricPhrases.h"
#include "Scopes.h"
#include "Statement.h"
#include "moe/Prose/ImportClaims.h"
#include "llvm/ADT/StringSet.h"
#include <map>

namespace mlir::moe {

/// Keeps what can be evaluated, each claim and figure once.
class ClaimSink {
public:
  ClaimSink(const ImportOptions &options, ImportedDocument &document);

  /// Keeps the claim; false when it cannot be read, its units do not fit, or it
  /// is too long. A claim that was there already counts as kept.
  bool claim(const std::string &says, const Statement &statement);

  /// `left = amount`, with the bound, range and power of the amount.
  bool equals(const std::string &left, const Amount &amount,
              const Statement &statement);

  /// Whether a claim of numbers alone is true.
  bool isTrue(const std::string &says) const;
  /// Whether `left = amount` is so, of numbers alone.
  bool holds(const std::string &left, const Amount &amount) const;

  /// The metric of a phrase, or of the plan before this one, equals the amount;
  /// the first value of a key of the plan is its figure. False when nothing
  /// came of it.
  bool metric(const MetricPhrase &phrase, const Amount &amount,
              const Statement &statement, bool previous);

  /// So many GPUs are there: what the plan has, whatever else is said of GPUs.
  /// The first one counts: false for another one.
  bool available(int64_t gpus, const Statement &statement);

  /// Keeps the factors of a product, which tell how a document counts GPUs.
  void noteProduct(const ProseExpression &product, const Amount &result,
                   const Statement &statement) {
    products.note(product, result, statement);
  }
  void noteNames(llvm::StringRef text) { products.noteNames(text); }
  /// Once all is read: the lists, and the rule that the products follow.
  void finish();

  /// Value as JSON text, the first one wins: false when that was another one.
  bool figure(llvm::StringRef key, const std::string &value,
              const Statement &statement);
  /// An element of a list of the plan, as JSON: "stated.groups". False when the
  /// list is full.
  bool listed(llvm::StringRef key, const std::string &element,
              const Statement &statement);
  /// Groups of an axis, as JSON. Without a degree of the axis in the document
  /// their size is it; 0 where it is not known, and nothing becomes of them.
  bool groups(llvm::StringRef axis, int64_t size, const std::string &json,
              const Statement &statement, size_t number);
  /// Groups of which nothing became: statement, and token of their number.
  using LeftGroups = std::pair<Statement, size_t>;
  llvm::ArrayRef<LeftGroups> leftGroups() const { return withoutDegree; }
  /// Values that are of another phase or condition than the plan.
  llvm::ArrayRef<ScopedValue> otherValues() const { return others; }
  /// What follows is about this phase of serving; empty: about the whole.
  void enterPhase(llvm::StringRef name) {
    phase = name;
    if (!name.empty())
      phases.insert(name);
  }
  bool hasFigure(llvm::StringRef key) const { return figures.contains(key); }
  /// As JSON; empty without one.
  std::string figureOf(llvm::StringRef key) const {
    return figures.lookup(key);
  }

private:
  std::string freshId(unsigned line);

  struct ListFigure {
    std::vector<std::string> elements; ///< each once
    std::optional<Statement> first;
  };

  struct Groups {
    std::string key; ///< of the degree
    int64_t size = 0;
    std::string json;
    Statement statement;
    size_t number = 0;
    llvm::StringRef phase;
  };
  void finishGroups();
  void withholdGpus();
  void dropOtherScopes();

  llvm::StringRef phase;
  llvm::StringSet<> phases; ///< all that there were
  std::vector<ScopedValue> values, others;
  std::vector<Groups> statedGroups;
  std::vector<LeftGroups> withoutDegree;
  ImportedDocument &document;
  std::map<std::string, ListFigure> lists; ///< by key
  llvm::StringMap<std::string> figures;    ///< values by key
  llvm::StringSet<> ids;
  GpuProducts products;
  bool knowsGpus = false; ///< by `available`
  /// Text of each claim.
  llvm::StringSet<> known;
};

/// "<", "<=", "=", ">=" or ">".
llvm::StringRef signOf(const Amount &amount);

/// `450 k` ~> 450000 as a fraction's text where it is whole: "450000"; else
/// "(2.6 * 1000000)".
std::string plainNumber(const Amount &amount);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_CLAIMSINK_H
