//===- WriteCalibration.cpp - Constants as JSON ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibration/CalibrationFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using llvm::StringRef;

/// Four digits say all a fit knows, and read well.
static void writeNumber(llvm::json::OStream &json, StringRef key,
                        double number) {
  json.attributeBegin(key);
  json.rawValue(
      [&](llvm::raw_ostream &os) { os << llvm::format("%.4g", number); });
  json.attributeEnd();
}

static void writeEntry(llvm::json::OStream &json, const ConstantEntry &entry) {
  writeNumber(json, "value", entry.value);
  writeNumber(json, "prior", entry.prior);
  writeNumber(json, "spread", entry.spread);
  writeNumber(json, "low", entry.low);
  writeNumber(json, "high", entry.high);
  json.attribute("unit", entry.unit);
  json.attribute("meaning", entry.meaning);
  json.attribute("provenance", entry.provenance);
}

static void writeGpu(llvm::json::OStream &json, const GpuFacts &facts) {
  json.attribute("board_watts", facts.boardWatts);
  if (facts.nominalPeak > 0)
    writeNumber(json, "peak_bf16", facts.nominalPeak);
  writeNumber(json, "exponentials_per_second", facts.exponentialRate);
  json.attribute("host", facts.graceHost ? "grace" : "x86");
  json.attribute("source", facts.source);
}

static void writeBand(llvm::json::OStream &json, StringRef key,
                      const ErrorBand &band) {
  json.attributeObject(key, [&] {
    writeNumber(json, "low", band.low);
    writeNumber(json, "high", band.high);
  });
}

static std::string monthText(int64_t month) {
  int64_t year = (month - 1) / 12;
  return llvm::formatv(
      "{0}-{1}", year,
      llvm::format("%02d", static_cast<int>(month - year * 12)));
}

std::string CalibrationFile::toJson() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("format", "moe-calibration/1");
    json.attributeObject("constants", [&] {
      for (auto [name, entry] : llvm::zip(constantNames(), entries))
        json.attributeObject(name.name, [&] { writeEntry(json, entry); });
    });
    json.attributeObject("gpus", [&] {
      for (const GpuFacts &facts : gpus)
        json.attributeObject(facts.name, [&] { writeGpu(json, facts); });
    });
    json.attributeObject("software", [&] {
      json.attribute("reference", monthText(referenceMonth));
      json.attribute("newest", monthText(newestMonth));
    });
    json.attributeObject("errors", [&] {
      writeBand(json, "fitted", fitted);
      writeBand(json, "extrapolated", extrapolated);
      writeBand(json, "served", served);
      json.attributeArray("fitted_gpus", [&] {
        for (const std::string &name : fittedGpus)
          json.value(name);
      });
    });
  });
  os << "\n";
  return text;
}
