//===- MeasuredRuns.cpp - Published training runs -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/MeasuredRuns.h"

#include "CsvTable.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cmath>
#include <variant>

using namespace mlir::moe;
using llvm::StringRef;

namespace {
using Text = std::string MeasuredRun::*;
using Number = int64_t MeasuredRun::*;
using Real = double MeasuredRun::*;
using Flag = bool MeasuredRun::*;
using MaybeFlag = std::optional<bool> MeasuredRun::*;
/// Read by the accuracy report, not by the calibration.
struct Unused {};

struct Column {
  StringRef name;
  std::variant<Unused, Text, Number, Real, Flag, MaybeFlag> field;
  bool required = false;
};
} // namespace

static constexpr Column columns[] = {
    {"id", &MeasuredRun::id, true},
    {"kind", &MeasuredRun::kind, true},
    {"source", &MeasuredRun::source},
    {"release", &MeasuredRun::release},
    {"model", &MeasuredRun::model, true},
    {"gpu", &MeasuredRun::gpu, true},
    {"n_gpus", &MeasuredRun::numGpus, true},
    {"gpus_per_node", &MeasuredRun::gpusPerNode},
    {"precision", &MeasuredRun::precision, true},
    {"tp", &MeasuredRun::tp, true},
    {"cp", &MeasuredRun::cp},
    {"pp", &MeasuredRun::pp, true},
    {"vpp", &MeasuredRun::vpp},
    {"ep", &MeasuredRun::ep, true},
    {"etp", &MeasuredRun::etp},
    {"fsdp", &MeasuredRun::fullySharded},
    {"mbs", &MeasuredRun::microBatch},
    {"gbs", &MeasuredRun::globalBatch, true},
    {"seq", &MeasuredRun::sequenceLength, true},
    {"routing", &MeasuredRun::routing},
    {"dispatcher", &MeasuredRun::dispatcher},
    {"recompute", &MeasuredRun::recompute},
    {"ep_overlap", &MeasuredRun::expertOverlap},
    {"tp_overlap", &MeasuredRun::tensorOverlap},
    {"cuda_graph", &MeasuredRun::cudaGraph},
    {"pp_layout", &MeasuredRun::layout},
    {"grad_dtype", &MeasuredRun::gradientFormat},
    {"opt_dtype", &MeasuredRun::optimizerFormat},
    {"tokens_s_gpu", &MeasuredRun::tokensPerSecondPerGpu},
    {"tflops_gpu", &MeasuredRun::teraflopsPerGpu},
    {"step_s", &MeasuredRun::stepSeconds},
    {"mfu_pct", &MeasuredRun::utilisationPercent},
    {"steady_alloc_gib", Unused()},
    {"peak_alloc_gib", &MeasuredRun::peakAllocatedGib},
    {"peak_reserved_gib", Unused()},
    {"mem_rank", &MeasuredRun::memoryRank},
    {"oom", &MeasuredRun::outOfMemory},
    {"hybrid_arch", &MeasuredRun::hybrid},
    {"config_source", Unused()},
    {"notes", &MeasuredRun::notes},
    {"batch", &MeasuredRun::batch},
    {"context", &MeasuredRun::context},
    {"slots", &MeasuredRun::slotsPerRank},
    {"caveat", &MeasuredRun::caveat}};

static bool setNumber(int64_t &target, StringRef text) {
  constexpr int64_t most = int64_t(1) << 40;
  // Some sources write counts as decimals ("8.0").
  double value = 0;
  if (text.getAsDouble(value) || !(value >= 0) || value > double(most) ||
      value != std::floor(value))
    return false;
  target = static_cast<int64_t>(value);
  return true;
}

static bool setReal(double &target, StringRef text) {
  return !text.getAsDouble(target) && std::isfinite(target) && target > 0;
}

namespace {
/// Stores one field of one row; what is wrong with it, or nothing.
struct Store {
  MeasuredRun &run;
  StringRef text;

  std::string operator()(Unused) const { return ""; }
  std::string operator()(Text field) const {
    run.*field = text.str();
    return "";
  }
  std::string operator()(Number field) const {
    if (text.empty() || setNumber(run.*field, text))
      return "";
    return "expected a count, found " + quotedValue(text);
  }
  std::string operator()(Real field) const {
    if (text.empty() || setReal(run.*field, text))
      return "";
    return "expected a positive number, found " + quotedValue(text);
  }
  /// Degrees of full sharding ("256", "full") count as yes.
  std::string operator()(Flag field) const {
    run.*field = !text.empty() && text != "0";
    return "";
  }
  std::string operator()(MaybeFlag field) const {
    if (text == "1" || text == "0")
      run.*field = text == "1";
    else if (!text.empty())
      return "expected 0 or 1, found " + quotedValue(text);
    return "";
  }
};
} // namespace

/// What the precision of a run starts with ("FP8-blockwise"); empty: bf16.
static constexpr StringRef precisions[] = {"BF16", "FP16", "FP8", "MXFP8",
                                           "NVFP4"};

static std::string checkPrecision(StringRef text) {
  auto names = [&](StringRef word) { return text.starts_with(word); };
  if (text.empty() || llvm::any_of(precisions, names))
    return "";
  return "expected " + oneOf(precisions) + ", found " + quotedValue(text) +
         didYouMean(text, precisions);
}

/// The columns of a table in its order; nothing after errors.
static std::optional<std::vector<const Column *>>
matchHeading(const CsvTable &table, StringRef file, InputErrors &errors) {
  std::vector<StringRef> names;
  for (const Column &column : columns)
    names.push_back(column.name);
  std::vector<const Column *> matched;
  for (StringRef name : table.heading) {
    const Column *found =
        llvm::find_if(columns, [&](const Column &c) { return c.name == name; });
    if (found == std::end(columns))
      errors.add(file, {1, 1},
                 "unknown column " + quoted(name) + didYouMean(name, names));
    else
      matched.push_back(found);
  }
  for (const Column &column : columns)
    if (column.required && !llvm::is_contained(matched, &column))
      errors.add(file, {1, 1},
                 "the column " + quoted(column.name) + " is missing");
  if (!errors.empty())
    return std::nullopt;
  return matched;
}

std::optional<std::vector<MeasuredRun>>
mlir::moe::readMeasuredRuns(StringRef text, StringRef file,
                            InputErrors &errors) {
  std::optional<CsvTable> table = CsvTable::parse(text, file, errors);
  if (!table)
    return std::nullopt;
  auto order = matchHeading(*table, file, errors);
  if (!order)
    return std::nullopt;
  std::vector<MeasuredRun> runs;
  for (const CsvTable::Row &row : table->rows) {
    MeasuredRun &run = runs.emplace_back();
    run.line = row.line;
    for (auto [column, field] : llvm::zip(*order, row.fields)) {
      std::string fault = std::visit(Store{run, field}, column->field);
      if (!fault.empty())
        errors.add(file, {row.line, 1},
                   "column " + quoted(column->name) + ": " + fault);
    }
    std::string fault = checkPrecision(run.precision);
    if (!fault.empty())
      errors.add(file, {row.line, 1}, "column 'precision': " + fault);
  }
  if (!errors.empty())
    return std::nullopt;
  return runs;
}
