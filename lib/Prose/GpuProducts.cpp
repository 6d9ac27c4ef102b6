//===- GpuProducts.cpp - How a document counts its GPUs -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GpuProducts.h"

#include "ClaimSink.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// The degrees and the GPUs that a document states; 0 where it does not.
struct StatedGrid {
  int64_t ep = 0, tp = 0, pp = 0, dp = 0, cp = 0, gpus = 0;
  const ImportedFigure *where = nullptr; ///< of `ep`

  explicit StatedGrid(ArrayRef<ImportedFigure> figures);
  /// The product of those that are stated; nothing when it is too large.
  static std::optional<int64_t> productOf(ArrayRef<int64_t> degrees);
  bool fitsProduct() const;
  bool fitsFolded() const;
};
} // namespace

StatedGrid::StatedGrid(ArrayRef<ImportedFigure> figures) {
  int64_t nodes = 0, gpusPerNode = 0;
  for (const ImportedFigure &figure : figures) {
    int64_t value = 0;
    if (StringRef(figure.value).getAsInteger(10, value) || value < 1)
      continue;
    for (auto [key, degree] :
         {std::pair<StringRef, int64_t *>{"parallelism.ep", &ep},
          {"parallelism.tp", &tp},
          {"parallelism.pp", &pp},
          {"parallelism.dp", &dp},
          {"parallelism.cp", &cp},
          {"cluster.world_size", &gpus},
          {"cluster.nodes", &nodes},
          {"cluster.gpus_per_node", &gpusPerNode}})
      if (figure.key == key)
        *degree = value;
    if (figure.key == "parallelism.ep")
      where = &figure;
  }
  if (!gpus)
    gpus = productOf({nodes, gpusPerNode}).value_or(0) * (nodes && gpusPerNode);
}

std::optional<int64_t> StatedGrid::productOf(ArrayRef<int64_t> degrees) {
  int64_t product = 1;
  for (int64_t degree : degrees)
    if (degree > 1 && llvm::MulOverflow(product, degree, product))
      return std::nullopt;
  return product;
}

/// Where dp is not stated it may be whatever is left.
bool StatedGrid::fitsProduct() const {
  std::optional<int64_t> needed = productOf({ep, tp, cp, pp, dp});
  return gpus && needed && (dp ? *needed == gpus : gpus % *needed == 0);
}

bool StatedGrid::fitsFolded() const {
  std::optional<int64_t> attention = productOf({tp, cp, pp, dp}),
                         experts = productOf({ep, pp});
  return gpus && attention && experts && gpus % *experts == 0 &&
         (dp ? *attention == gpus : gpus % *attention == 0);
}

/// The degrees that a sentence names, each as often as it does outside of sums
/// of them: "EP x TP x PP", "EP=64, TP=2".
static std::vector<StringRef> axesIn(const Statement &statement) {
  std::vector<StringRef> axes;
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    PhraseMatch match = matchAt(statement.tokens, i, FigureKind::Count);
    if (!match)
      continue;
    if (match.phrase->key.starts_with("parallelism."))
      axes.push_back(match.phrase->metric);
    i = match.end - 1;
  }
  return axes;
}

/// A whole number without unit.
static std::optional<int64_t> countOf(const Amount &amount) {
  int64_t count = 0;
  if (!amount.unit.empty() || amount.isRange() ||
      StringRef(plainNumber(amount)).getAsInteger(10, count) || count < 1)
    return std::nullopt;
  return count;
}

void GpuProducts::note(const ProseExpression &product, const Amount &result,
                       const Statement &statement) {
  std::optional<int64_t> whole = countOf(result);
  if (statement.previous || statement.advice || product.operands < 2 || !whole)
    return;
  Product kept;
  for (const ProseExpression::Piece &piece : product.pieces) {
    std::optional<int64_t> factor;
    int64_t degree = 0;
    if (piece.amount)
      factor = countOf(*piece.amount);
    else if (piece.text == "*")
      continue;
    else if (!StringRef(piece.text).getAsInteger(10, degree))
      factor = degree;
    if (!factor)
      return;
    if (*factor > 1)
      kept.factors.push_back(*factor);
  }
  llvm::sort(kept.factors);
  kept.result = *whole;
  kept.axes = axesIn(statement);
  if (kept.axes.size() != product.operands)
    kept.axes.clear();
  kept.ofGpus = statement.hasAnyWord({"gpu", "rank"});
  kept.line = statement.line;
  kept.quote = statement.quote;
  products.push_back(std::move(kept));
}

/// Whether these are all of the numbers; 1 and what is not stated count for
/// nothing.
static bool areAll(std::vector<int64_t> wanted, ArrayRef<int64_t> numbers) {
  llvm::erase_if(wanted, [](int64_t degree) { return degree < 2; });
  llvm::sort(wanted);
  return ArrayRef(wanted) == numbers;
}

std::optional<std::pair<unsigned, std::string>>
GpuProducts::productRule(ArrayRef<ImportedFigure> figures) const {
  StatedGrid grid(figures);
  if (grid.ep < 2)
    return std::nullopt;
  if (grid.gpus && grid.fitsFolded() && (grid.dp || !grid.fitsProduct()))
    return std::nullopt;
  bool open = !grid.fitsFolded();
  for (const Product &product : products) {
    // Of another number of GPUs it tells something where nothing else fits.
    if (product.result != grid.gpus && !(product.ofGpus && open))
      continue;
    bool named = llvm::is_contained(product.axes, "ep");
    bool other = !named && !product.axes.empty();
    bool valued =
        grid.tp && grid.pp &&
        (areAll({grid.ep, grid.tp, grid.pp}, product.factors) ||
         areAll({grid.ep, grid.tp, grid.pp, grid.dp}, product.factors)) &&
        !areAll({grid.tp, grid.pp, grid.dp}, product.factors);
    if (named || (valued && !other))
      return std::pair(product.line, product.quote);
  }
  // Without a product: the degrees fill the GPUs in no other way.
  if (grid.dp && grid.fitsProduct() && !grid.fitsFolded())
    return std::pair(grid.where->line, grid.where->quote);
  return std::nullopt;
}

void GpuProducts::noteNames(StringRef text) {
  size_t at = text.find_insensitive("pp");
  bool abbreviated = at != StringRef::npos &&
                     (at == 0 || !llvm::isAlnum(text[at - 1])) &&
                     (at + 2 == text.size() || !llvm::isAlpha(text[at + 2]));
  namesPipeline |= abbreviated || text.contains_insensitive("pipeline");
}

bool GpuProducts::isGridOpen(ArrayRef<ImportedFigure> figures) const {
  StatedGrid grid(figures);
  if (!grid.gpus || !grid.dp || grid.fitsProduct() || grid.fitsFolded())
    return false;
  std::optional<int64_t> stated =
      StatedGrid::productOf({grid.tp, grid.cp, grid.pp, grid.dp});
  // Who does not speak of stages has one.
  bool missing = !grid.tp || (!grid.pp && namesPipeline);
  return missing && stated && grid.gpus % *stated == 0;
}
