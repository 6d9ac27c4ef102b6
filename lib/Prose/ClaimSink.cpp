//===- ClaimSink.cpp - Where readers put what they found ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimSink.h"

#include "Readers.h"
#include "moe/Claims/Claims.h"
#include "moe/Claims/Expression.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// A plan of which the units of its figures are known, and nothing else: syntax
/// and units alone are judged.
class AnyPlan : public MetricSource {
public:
  MetricAnswer metric(StringRef name) const override;
};
} // namespace

/// The unit of a metric, and others that it may count in.
static std::vector<Dimension> dimensionsOf(StringRef name) {
  switch (kindOf(name).value_or(FigureKind::Count)) {
  case FigureKind::Bytes:
    return {Dimension::Bytes};
  case FigureKind::Seconds:
    return {Dimension::Seconds};
  case FigureKind::Rate:
    return {Dimension::TokensPerSecond, Dimension::TokensPerSecondPerGpu,
            Dimension::SamplesPerSecond, Dimension::SequencesPerSecond};
  case FigureKind::Compute:
    return {Dimension::FlopPerSecond};
  case FigureKind::WorkPerToken:
    return {Dimension::FlopPerToken};
  case FigureKind::Bandwidth:
    return {Dimension::BytesPerSecond};
  case FigureKind::Ratio:
  case FigureKind::Count:
    return {};
  }
  return {};
}

MetricAnswer AnyPlan::metric(StringRef name) const {
  MetricAnswer answer;
  answer.value = ClaimValue::exact(1);
  for (auto [index, dimension] : llvm::enumerate(dimensionsOf(name))) {
    ClaimValue one = ClaimValue::exact(1, Measure::of(dimension));
    if (index == 0)
      answer.value = one;
    else
      answer.alternatives.push_back(one);
  }
  return answer;
}

ClaimSink::ClaimSink(const ImportOptions &options, ImportedDocument &document)
    : document(document) {
  for (const std::string &id : options.takenIds)
    ids.insert(id);
}

/// "line-12", of more claims of that line "line-12-2" and so on.
std::string ClaimSink::freshId(unsigned line) {
  std::string first = "line-" + llvm::utostr(line), id = first;
  for (unsigned number = 2; !ids.insert(id).second; ++number)
    id = first + "-" + llvm::utostr(number);
  return id;
}

bool ClaimSink::claim(const std::string &says, const Statement &statement) {
  if (says.size() > maxClaimLength)
    return false;
  if (known.contains(says))
    return true;
  // Those of the plan that the claims go to count as well.
  if (ids.size() >= ImportedDocument::maxClaims)
    return false;
  std::vector<Judgement> judged = judgeClaims({{"claim", says}}, AnyPlan());
  if (judged.front().verdict == ClaimVerdict::Unreadable)
    return false;
  known.insert(says);
  document.claims.push_back({freshId(statement.line), says, statement.quote,
                             statement.line, sourceOf(statement).str()});
  return true;
}

StringRef mlir::moe::signOf(const Amount &amount) {
  switch (amount.bound) {
  case Comparison::Less:
    return "<";
  case Comparison::LessEqual:
    return "<=";
  case Comparison::Greater:
    return ">";
  case Comparison::GreaterEqual:
    return ">=";
  case Comparison::Equal:
  case Comparison::Range:
    return "=";
  }
  return "=";
}

static std::string powerOfTen(unsigned power) {
  return "1" + std::string(power, '0');
}

std::string mlir::moe::plainNumber(const Amount &amount) {
  if (amount.power == 0)
    return amount.digits;
  if (!StringRef(amount.digits).contains('.'))
    return amount.digits + std::string(amount.power, '0');
  return "(" + amount.digits + " * " + powerOfTen(amount.power) + ")";
}

/// The unit with the prefix of the power, where there is one: "Mtokens/s".
static std::optional<std::string> scaledUnit(const Amount &amount) {
  StringRef prefix = amount.power == 3   ? "k"
                     : amount.power == 6 ? "M"
                                         : StringRef();
  std::string unit = prefix.str() + amount.unit;
  if (prefix.empty() || amount.unit.empty() || !Unit::lookup(unit))
    return std::nullopt;
  return unit;
}

/// `left = amount` as a claim.
static std::string equationOf(const std::string &left, const Amount &amount) {
  Amount stated = amount;
  std::string computed = left;
  if (std::optional<std::string> unit = scaledUnit(amount)) {
    stated.unit = *unit;
    stated.power = 0;
  }
  // The digits that are stated carry the tolerance.
  if (stated.power)
    computed = (StringRef(left).contains(' ') ? "(" + left + ")" : left) +
               " / " + powerOfTen(stated.power);
  return computed + " " + signOf(amount).str() + " " + stated.text();
}

bool ClaimSink::equals(const std::string &left, const Amount &amount,
                       const Statement &statement) {
  return claim(equationOf(left, amount), statement);
}

bool ClaimSink::isTrue(const std::string &says) const {
  std::vector<Judgement> judged = judgeClaims({{"claim", says}}, AnyPlan());
  return judged.front().verdict == ClaimVerdict::True ||
         judged.front().verdict == ClaimVerdict::Truncated;
}

bool ClaimSink::holds(const std::string &left, const Amount &amount) const {
  return isTrue(equationOf(left, amount));
}

/// A figure as JSON: counts as numbers, quantities as text. Nothing for what a
/// plan cannot hold.
static std::optional<std::string> jsonOf(const MetricPhrase &phrase,
                                         const Amount &amount) {
  if (amount.isRange())
    return std::nullopt;
  if (phrase.kind == FigureKind::Count) {
    Amount whole = amount;
    whole.unit.clear();
    std::string text = plainNumber(whole);
    int64_t number = 0;
    if (StringRef(text).getAsInteger(10, number) || number < 1 ||
        number > (int64_t(1) << 24))
      return std::nullopt;
    return llvm::itostr(number);
  }
  bool none =
      StringRef(amount.digits).find_first_not_of("0.") == StringRef::npos;
  if (amount.power != 0 || none)
    return std::nullopt;
  Amount plain = amount;
  StringRef unit = plain.unit;
  unit.consume_back("/GPU");
  return "\"" + plain.digits + " " + unit.str() + "\"";
}

bool ClaimSink::metric(const MetricPhrase &phrase, const Amount &amount,
                       const Statement &statement, bool previous) {
  // Half an expert is no figure of a model.
  bool whole = phrase.kind == FigureKind::Count && !phrase.key.empty();
  if (whole && StringRef(amount.digits).contains('.'))
    return false;
  bool kept = false;
  if (!phrase.key.empty() && !previous && !statement.advice) {
    std::optional<std::string> value = jsonOf(phrase, amount);
    int64_t gpus = 0;
    if (value && phrase.words.contains("available") &&
        phrase.key == "cluster.world_size" &&
        !StringRef(*value).getAsInteger(10, gpus))
      available(gpus, statement);
    kept = value && figure(phrase.key, *value, statement);
  }
  if (phrase.metric.empty() || statement.advice)
    return kept;
  std::string name = (previous ? "baseline." : "") + phrase.metric.str();
  Amount stated = amount;
  // What is said of a GPU is a figure of one GPU in claims.
  StringRef unit = stated.unit;
  if (phrase.metric != "throughput" && unit.consume_back("/GPU"))
    stated.unit = unit.str();
  std::string left = phrase.complement ? "1 - " + name : name;
  if (!equals(left, stated, statement))
    return kept;
  if (previous || stated.bound != Comparison::Equal)
    return true;
  ScopedValue value;
  value.metric = name;
  value.says = equationOf(left, stated);
  value.text = stated.text();
  value.key = phrase.key.str();
  value.json = jsonOf(phrase, amount).value_or("");
  value.line = statement.line;
  value.quote = statement.quote;
  findScope(phrase, statement, phase, value);
  values.push_back(std::move(value));
  return true;
}

/// Takes back what is of another phase or condition than the plan, and what
/// became of it.
void ClaimSink::dropOtherScopes() {
  // "On 64 GPUs" of a plan for 64 is no condition.
  for (ScopedValue &value : values)
    for (const ImportedFigure &figure : document.figures)
      if (!value.condition.empty() && figure.value == value.condition &&
          figure.key != value.key)
        value.scope = value.scopeBesides;
  std::string mode = figureOf("workload.mode");
  others = valuesOfOthers(values, StringRef(mode).trim('"'));
  auto isDropped = [&](StringRef says) {
    return llvm::any_of(
        others, [&](const ScopedValue &value) { return value.says == says; });
  };
  llvm::erase_if(document.claims, [&](const ImportedClaim &claim) {
    return isDropped(claim.says);
  });
  for (const ScopedValue &other : others) {
    if (other.key.empty() || figureOf(other.key) != other.json)
      continue;
    figures.erase(other.key);
    llvm::erase_if(document.figures, [&](const ImportedFigure &figure) {
      return figure.key == other.key;
    });
    for (const ScopedValue &value : values)
      if (value.key == other.key && !isDropped(value.says) &&
          !hasFigure(value.key))
        figure(value.key, value.json, Statement("", value.line, value.quote));
  }
}

bool ClaimSink::available(int64_t gpus, const Statement &statement) {
  static constexpr StringRef key = "cluster.world_size";
  std::string value = llvm::itostr(gpus);
  if (knowsGpus)
    return figureOf(key) == value;
  knowsGpus = true;
  if (figure(key, value, statement))
    return true;
  figures[key] = value;
  for (ImportedFigure &figure : document.figures)
    if (figure.key == key)
      figure = {key.str(), value, statement.quote, statement.line};
  return true;
}

bool ClaimSink::figure(StringRef key, const std::string &value,
                       const Statement &statement) {
  auto [known, isNew] = figures.try_emplace(key, value);
  if (isNew)
    document.figures.push_back(
        {key.str(), value, statement.quote, statement.line});
  return known->second == value;
}

bool ClaimSink::listed(StringRef key, const std::string &element,
                       const Statement &statement) {
  // A plan has at most so many; a document has few.
  constexpr size_t most = 64;
  ListFigure &list = lists[key.str()];
  if (!list.first)
    list.first = statement;
  if (llvm::is_contained(list.elements, element))
    return true;
  if (list.elements.size() >= most)
    return false;
  list.elements.push_back(element);
  return true;
}

bool ClaimSink::groups(StringRef axis, int64_t size, const std::string &json,
                       const Statement &statement, size_t number) {
  constexpr size_t most = 64;
  if (statedGroups.size() >= most)
    return false;
  statedGroups.push_back(
      {"parallelism." + axis.str(), size, json, statement, number, phase});
  return true;
}

void ClaimSink::finishGroups() {
  std::string mode = figureOf("workload.mode");
  // Of two phases each has groups of its own.
  auto isOther = [&](const Groups &groups) {
    return phases.size() > 1 && !groups.phase.empty() &&
           groups.phase != StringRef(mode).trim('"');
  };
  for (const Groups &groups : statedGroups)
    if (groups.size && !hasFigure(groups.key) && !isOther(groups))
      figure(groups.key, llvm::itostr(groups.size), groups.statement);
  for (const Groups &groups : statedGroups) {
    if (hasFigure(groups.key) && !isOther(groups))
      listed("stated.groups", groups.json, groups.statement);
    else
      withoutDegree.emplace_back(groups.statement, groups.number);
  }
}

/// Degrees that are missing count as 1, which would leave GPUs idle that the
/// document uses.
void ClaimSink::withholdGpus() {
  if (products.isGridOpen(document.figures))
    llvm::erase_if(document.figures, [](const ImportedFigure &figure) {
      return figure.key == "cluster.world_size";
    });
}

void ClaimSink::finish() {
  dropOtherScopes();
  finishGroups();
  for (const auto &[key, list] : lists)
    figure(key, "[" + llvm::join(list.elements, ", ") + "]", *list.first);
  withholdGpus();
  if (auto rule = products.productRule(document.figures))
    figure("parallelism.rule", "\"product\"",
           Statement("", rule->first, rule->second));
}
