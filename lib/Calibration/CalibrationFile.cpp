//===- CalibrationFile.cpp - Constants of the cost model as data ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibration/CalibrationFile.h"

#include "EmbeddedCalibration.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir::moe;
using llvm::StringRef;

static constexpr ConstantName names[] = {
    {"gemm_share", &CostConstants::gemmShare, 1},
    {"power_exponent", &CostConstants::powerExponent, 10},
    {"fp8_ratio", &CostConstants::fp8Ratio, 2},
    {"fp4_ratio", &CostConstants::fp4Ratio, 2},
    {"half_rows", &CostConstants::halfRows, 1e5},
    {"half_width", &CostConstants::halfWidth, 1e5},
    {"core_share", &CostConstants::coreShare, 1},
    {"forward_exponentials", &CostConstants::forwardExponentials, 100},
    {"backward_exponentials", &CostConstants::backwardExponentials, 100},
    {"memory_share", &CostConstants::memoryShare, 1},
    {"block_gap", &CostConstants::blockGap, 1},
    {"launch_seconds", &CostConstants::launchSeconds, 1},
    {"grace_factor", &CostConstants::graceFactor, 10},
    {"graph_share", &CostConstants::graphShare, 1},
    {"nvlink_share", &CostConstants::nvlinkShare, 1},
    {"network_share", &CostConstants::networkShare, 1},
    {"transfer_seconds", &CostConstants::transferSeconds, 1},
    {"overlapped_exchange", &CostConstants::overlappedExchange, 1},
    {"exposed_gradients", &CostConstants::exposedGradients, 1},
    {"hiding_share", &CostConstants::hidingShare, 1},
    {"step_seconds", &CostConstants::stepSeconds, 1000},
    {"yearly_gain", &CostConstants::yearlyGain, 10},
    {"cache_share", &CostConstants::cacheShare, 1, true},
    {"served_exchange", &CostConstants::servedExchange, 1, true},
    {"served_block_seconds", &CostConstants::servedBlockSeconds, 1, true}};

llvm::ArrayRef<ConstantName> mlir::moe::constantNames() { return names; }

std::optional<int64_t> mlir::moe::parseMonth(StringRef text) {
  auto [year, month] = text.split('-');
  int64_t years = 0, months = 0;
  if (year.size() != 4 || month.size() != 2 || year.getAsInteger(10, years) ||
      month.getAsInteger(10, months) || months < 1 || months > 12)
    return std::nullopt;
  return years * 12 + months;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// A number of at most `most`; 0 only where `zero` allows it.
static std::optional<double> readNumber(json::ObjectReader &object,
                                        StringRef key, double most,
                                        bool zero = false) {
  if (!object.require(key))
    return std::nullopt;
  const json::Value &value = object.find(key)->value;
  double number = -1;
  if (value.is(json::Kind::Integer))
    number = static_cast<double>(value.integer());
  else if (!value.is(json::Kind::Decimal) || value.text().getAsDouble(number))
    number = std::nan("");
  if (std::isfinite(number) && number <= most &&
      (number > 0 || (zero && number == 0)))
    return number;
  object.report(key,
                llvm::formatv("'{0}' must be a number {1} 0 and at most {2}, "
                              "found {3}",
                              object.pathOf(key), zero ? "of at least" : "over",
                              llvm::format("%.0f", most), value.describe()));
  return std::nullopt;
}

static std::string readText(json::ObjectReader &object, StringRef key) {
  if (!object.require(key))
    return "";
  return object.string(key).value_or("").str();
}

/// Largest spread: a logarithm.
static constexpr double mostSpread = 100;

/// Reads what stands under the name of a constant; its values are at most
/// `most`.
static ConstantEntry readEntry(json::ObjectReader object, double most) {
  ConstantEntry entry;
  auto number = [&](StringRef key) {
    return readNumber(object, key, most).value_or(0);
  };
  entry.value = number("value");
  entry.prior = number("prior");
  entry.spread =
      readNumber(object, "spread", mostSpread, /*zero=*/true).value_or(0);
  entry.low = number("low");
  entry.high = number("high");
  entry.unit = readText(object, "unit");
  entry.meaning = readText(object, "meaning");
  entry.provenance = readText(object, "provenance");
  if (entry.low > entry.high)
    object.report("low",
                  llvm::formatv("'{0}' is above '{1}'", object.pathOf("low"),
                                object.pathOf("high")));
  object.rejectUnknown();
  return entry;
}

static GpuFacts readGpu(json::ObjectReader object, StringRef name) {
  GpuFacts facts;
  facts.name = name.str();
  if (object.require("board_watts"))
    facts.boardWatts = object.integer("board_watts", 1, 1'000'000).value_or(0);
  if (object.find("peak_bf16"))
    facts.nominalPeak = readNumber(object, "peak_bf16", 1e18).value_or(0);
  facts.exponentialRate =
      readNumber(object, "exponentials_per_second", 1e18).value_or(0);
  if (object.require("host"))
    facts.graceHost = object.enumeration("host", {"x86", "grace"}) == 1;
  facts.source = readText(object, "source");
  object.rejectUnknown();
  return facts;
}

static ErrorBand readBand(json::ObjectReader &errors, StringRef key) {
  ErrorBand band;
  if (!errors.require(key))
    return band;
  std::optional<json::ObjectReader> object = errors.objectAt(key);
  if (!object)
    return band;
  band.low = readNumber(*object, "low", 1).value_or(1);
  band.high = readNumber(*object, "high", 100).value_or(1);
  object->rejectUnknown();
  return band;
}

static int64_t readMonth(json::ObjectReader &object, StringRef key) {
  std::string text = readText(object, key);
  if (std::optional<int64_t> month = parseMonth(text))
    return *month;
  if (!text.empty())
    object.report(key, llvm::formatv("'{0}' must be a month such as "
                                     "\"2025-04\", found {1}",
                                     object.pathOf(key), quotedValue(text)));
  return 0;
}

namespace {
/// Reads one file, section by section.
class FileReader {
public:
  explicit FileReader(json::ObjectReader root) : root(std::move(root)) {}
  void read(CalibrationFile &file);

private:
  std::optional<json::ObjectReader> section(StringRef key);
  void readConstants(CalibrationFile &file);
  void readGpus(CalibrationFile &file);
  void readSoftware(CalibrationFile &file);
  void readErrors(CalibrationFile &file);

  json::ObjectReader root;
};
} // namespace

std::optional<json::ObjectReader> FileReader::section(StringRef key) {
  if (!root.require(key))
    return std::nullopt;
  return root.objectAt(key);
}

void FileReader::readConstants(CalibrationFile &file) {
  file.entries.resize(constantNames().size());
  std::optional<json::ObjectReader> constants = section("constants");
  if (!constants)
    return;
  for (size_t index = 0; index < file.entries.size(); ++index) {
    StringRef name = constantNames()[index].name;
    if (constants->require(name))
      if (auto object = constants->objectAt(name))
        file.entries[index] = readEntry(*object, constantNames()[index].most);
  }
  constants->rejectUnknown();
}

void FileReader::readGpus(CalibrationFile &file) {
  std::optional<json::ObjectReader> list = section("gpus");
  if (!list)
    return;
  for (const json::Member &member : list->value().members())
    if (auto object = list->objectAt(member.key))
      file.gpus.push_back(readGpu(*object, member.key));
}

void FileReader::readSoftware(CalibrationFile &file) {
  std::optional<json::ObjectReader> software = section("software");
  if (!software)
    return;
  file.referenceMonth = readMonth(*software, "reference");
  file.newestMonth = readMonth(*software, "newest");
  software->rejectUnknown();
}

void FileReader::readErrors(CalibrationFile &file) {
  std::optional<json::ObjectReader> errors = section("errors");
  if (!errors)
    return;
  file.fitted = readBand(*errors, "fitted");
  file.extrapolated = readBand(*errors, "extrapolated");
  file.served = readBand(*errors, "served");
  if (errors->require("fitted_gpus"))
    file.fittedGpus =
        errors->strings("fitted_gpus").value_or(std::vector<std::string>());
  errors->rejectUnknown();
}

void FileReader::read(CalibrationFile &file) {
  if (root.require("format"))
    root.enumeration("format", {"moe-calibration/1"});
  readConstants(file);
  readGpus(file);
  readSoftware(file);
  readErrors(file);
  root.rejectUnknown();
}

static std::optional<CalibrationFile>
readDocument(const json::Document &document, InputErrors &errors) {
  if (!document.root().is(json::Kind::Object)) {
    errors.add(document.file(), document.root().position(),
               "expected an object, found " + document.root().describe());
    return std::nullopt;
  }
  CalibrationFile file;
  size_t before = errors.count();
  FileReader(json::ObjectReader(document.root(), "$", document.file(), errors))
      .read(file);
  if (errors.count() != before)
    return std::nullopt;
  return file;
}

std::optional<CalibrationFile>
CalibrationFile::parse(StringRef text, StringRef file, InputErrors &errors) {
  auto document = json::Document::parse(text, file, errors);
  return document ? readDocument(*document, errors) : std::nullopt;
}

std::optional<CalibrationFile> CalibrationFile::readFile(StringRef path,
                                                         InputErrors &errors) {
  auto document = json::Document::readFile(path, errors);
  return document ? readDocument(*document, errors) : std::nullopt;
}

const CalibrationFile &CalibrationFile::builtIn() {
  static const CalibrationFile file = [] {
    InputErrors errors;
    auto result = parse(embeddedCalibration(), "calibration.json", errors);
    if (!result)
      llvm::report_fatal_error("the built-in calibration cannot be read");
    return *result;
  }();
  return file;
}
