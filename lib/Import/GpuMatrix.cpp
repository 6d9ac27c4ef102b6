//===- GpuMatrix.cpp - What joins the GPUs of a node ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A header names the columns: GPUs, then adapters (`NIC0`, or `mlx5_0` with
// older drivers), then the affinities. One row per GPU, one per adapter, and
// legends, of which that of the adapters has their names.
//
//===----------------------------------------------------------------------===//

#include "GpuMatrix.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include <map>

using namespace mlir;
using namespace mlir::moe;

/// The words of a line without what underlines them on a terminal, which
/// nvidia-smi also writes into files.
static std::vector<std::string> wordsOf(StringRef line) {
  std::string plain;
  while (!line.empty()) {
    if (line.consume_front("\x1b[")) {
      line = line.drop_until(llvm::isAlpha);
      line = line.drop_front(std::min<size_t>(line.size(), 1));
      continue;
    }
    plain += line.front();
    line = line.drop_front();
  }
  SmallVector<StringRef> words;
  llvm::SplitString(plain, words);
  return {words.begin(), words.end()};
}

/// `GPU12` ~> 12.
static std::optional<size_t> gpuNumber(StringRef word) {
  size_t number = 0;
  if (!word.consume_front("GPU") || word.getAsInteger(10, number))
    return std::nullopt;
  return number;
}

static bool isHeader(const std::vector<std::string> &words) {
  return !words.empty() && words.front() == "GPU0" &&
         !llvm::is_contained(words, "X");
}

bool moe::isGpuMatrix(StringRef text) {
  return llvm::any_of(llvm::split(text, '\n'),
                      [](StringRef line) { return isHeader(wordsOf(line)); });
}

/// Bridges between two devices; more than that are no one's own.
static std::optional<int> bridges(StringRef cell) {
  if (cell == "PIX")
    return 0;
  if (cell == "PXB")
    return 1;
  return std::nullopt;
}

static bool isNvlink(StringRef cell) {
  return cell.consume_front("NV") && !cell.empty() &&
         llvm::all_of(cell, llvm::isDigit);
}

static bool isCell(StringRef cell) {
  static constexpr StringLiteral others[] = {"X",   "PIX",  "PXB", "PHB",
                                             "SOC", "NODE", "SYS"};
  return isNvlink(cell) || llvm::is_contained(others, cell);
}

/// It ends up in settings of NCCL, which separate names by commas.
static bool isAdapterName(StringRef name) {
  return llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || c == '_' || c == '-' || c == '.';
  });
}

/// "NIC0" stands for an adapter that the legend names; others have their own.
static bool isNic(StringRef word) {
  return word.consume_front("NIC") && !word.empty() &&
         llvm::all_of(word, llvm::isDigit);
}

static bool isLegend(const std::vector<std::string> &words) {
  StringRef first = words.front();
  return first.consume_back(":") && isNic(first);
}

namespace {
/// Reads line by line.
class GpuMatrixReader {
public:
  GpuMatrixReader(StringRef file, InputErrors &errors)
      : file(file), errors(errors) {}

  bool read(StringRef text);
  GpuMatrix result() const;

private:
  bool report(const std::string &message) {
    errors.add(file, {line, 1}, message);
    return false;
  }
  bool readHeader(const std::vector<std::string> &words);
  bool readRow(size_t gpu, const std::vector<std::string> &words);
  void readAffinity(ArrayRef<std::string> words);
  bool readLegend(ArrayRef<std::string> words);
  std::vector<size_t> nearest(size_t gpu) const;
  std::vector<std::string> adapters() const;

  StringRef file;
  InputErrors &errors;
  unsigned line = 0;
  std::vector<std::string> columns;
  size_t numGpus = 0;
  bool hasNumaId = false;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::optional<int64_t>> numa;
  /// `NIC0` ~> `mlx5_0`.
  llvm::StringMap<std::string> legend;
};
} // namespace

bool GpuMatrixReader::readHeader(const std::vector<std::string> &words) {
  for (const std::string &word : words) {
    // Then come "CPU Affinity", "NUMA Affinity" and "GPU NUMA ID".
    if (word == "CPU" || word == "NUMA" || word == "GPU")
      break;
    columns.push_back(word);
  }
  hasNumaId = words.back() == "ID";
  while (numGpus < columns.size() && gpuNumber(columns[numGpus]) == numGpus)
    ++numGpus;
  for (size_t i = numGpus; i < columns.size(); ++i)
    if (gpuNumber(columns[i]))
      return report("expected column GPU" + std::to_string(numGpus) +
                    ", found " + quoted(columns[i]));
  return true;
}

/// The words behind the cells: cores, NUMA nodes, and the GPU's own NUMA id.
/// Without cores, as in a container, the NUMA node comes first.
void GpuMatrixReader::readAffinity(ArrayRef<std::string> words) {
  if (hasNumaId && !words.empty())
    words = words.drop_back();
  StringRef nodes = words.size() == 2 ? StringRef(words.back()) : StringRef();
  if (words.size() == 1 && llvm::all_of(words.front(), llvm::isDigit))
    nodes = words.front();
  // Grace lists the memory of GPUs behind its own node: `0,2-17`.
  int64_t node = 0;
  nodes = nodes.take_until([](char c) { return c == ',' || c == '-'; });
  numa.push_back(nodes.getAsInteger(10, node) ? std::nullopt
                                              : std::optional(node));
}

bool GpuMatrixReader::readRow(size_t gpu,
                              const std::vector<std::string> &words) {
  std::string name = "GPU" + std::to_string(gpu);
  if (gpu != rows.size())
    return report("expected the row of GPU" + std::to_string(rows.size()) +
                  ", found that of " + name);
  ArrayRef<std::string> cells = ArrayRef(words).drop_front();
  if (cells.size() < columns.size())
    return report("the row of " + name + " has " +
                  counted(static_cast<int64_t>(cells.size()), "cell") +
                  ", the header " + std::to_string(columns.size()) +
                  " columns");
  for (auto [column, cell] : llvm::enumerate(cells.take_front(columns.size())))
    if (!isCell(cell) || (cell == "X") != (column == gpu))
      return report("expected " +
                    std::string(column == gpu ? "X"
                                              : "NV and a number, PIX, PXB, "
                                                "PHB, NODE or SYS") +
                    " for " + name + " and " + columns[column] + ", found " +
                    quoted(cell));
  readAffinity(cells.drop_front(columns.size()));
  rows.emplace_back(cells.begin(), cells.begin() + columns.size());
  return true;
}

/// "NIC0: mlx5_0".
bool GpuMatrixReader::readLegend(ArrayRef<std::string> words) {
  StringRef nic = StringRef(words.front()).drop_back();
  if (words.size() != 2 || !isAdapterName(words.back()))
    return report("expected the name of an adapter such as mlx5_0, found " +
                  quoted(llvm::join(words.drop_front(), " ")));
  return legend.try_emplace(nic, words.back()).second ||
         report("found a second name of " + nic.str());
}

bool GpuMatrixReader::read(StringRef text) {
  for (StringRef content : llvm::split(text, '\n')) {
    ++line;
    std::vector<std::string> words = wordsOf(content);
    if (words.empty())
      continue;
    if (columns.empty()) {
      if (isHeader(words) && !readHeader(words))
        return false;
    } else if (std::optional<size_t> gpu = gpuNumber(words.front())) {
      if (rows.size() == numGpus)
        return report("found a second row of " + words.front());
      if (!readRow(*gpu, words))
        return false;
    } else if (isLegend(words) && !readLegend(words)) {
      return false;
    }
  }
  if (rows.size() != numGpus)
    return report("ends before the row of GPU" + std::to_string(rows.size()));
  // Without any names, as older drivers print it, the adapters stay unknown.
  for (StringRef column : columns)
    if (!legend.empty() && isNic(column) && !legend.contains(column))
      return report("ends before the name of " + column.str());
  return true;
}

/// Columns of the adapters behind the PCIe switch of a GPU.
std::vector<size_t> GpuMatrixReader::nearest(size_t gpu) const {
  std::vector<size_t> found;
  std::optional<int> least;
  for (size_t column = numGpus; column < columns.size(); ++column) {
    std::optional<int> between = bridges(rows[gpu][column]);
    if (!between || (least && *between > *least))
      continue;
    if (least != between)
      found.clear();
    least = between;
    found.push_back(column);
  }
  return found;
}

/// GPUs with the same adapters divide them in their order; of fewer adapters
/// than GPUs several take one.
std::vector<std::string> GpuMatrixReader::adapters() const {
  std::map<std::vector<size_t>, std::vector<size_t>> gpusOf;
  for (size_t gpu = 0; gpu < numGpus; ++gpu)
    gpusOf[nearest(gpu)].push_back(gpu);
  std::vector<std::string> names(numGpus);
  for (const auto &[found, gpus] : gpusOf)
    for (auto [index, gpu] : llvm::enumerate(gpus)) {
      if (found.empty())
        continue;
      size_t first = index * found.size() / gpus.size();
      size_t last = (index + 1) * found.size() / gpus.size();
      for (size_t i = first; i < std::max(last, first + 1); ++i) {
        StringRef column = columns[found[i]];
        if (isNic(column) && !legend.contains(column))
          return {};
        names[gpu] += names[gpu].empty() ? "" : ",";
        names[gpu] +=
            legend.contains(column) ? legend.lookup(column) : column.str();
      }
    }
  bool none = llvm::all_of(names, [](StringRef name) { return name.empty(); });
  return none ? std::vector<std::string>() : names;
}

GpuMatrix GpuMatrixReader::result() const {
  GpuMatrix matrix;
  llvm::EquivalenceClasses<size_t> joined;
  for (size_t gpu = 0; gpu < numGpus; ++gpu) {
    joined.insert(gpu);
    for (size_t other = 0; other < numGpus; ++other)
      if (isNvlink(rows[gpu][other]))
        joined.unionSets(gpu, other);
  }
  std::map<size_t, int64_t> numbers;
  for (size_t gpu = 0; gpu < numGpus; ++gpu)
    matrix.nvlinkGroups.push_back(
        numbers.try_emplace(joined.getLeaderValue(gpu), numbers.size())
            .first->second);
  matrix.nics = adapters();
  if (llvm::all_of(numa, [](auto node) { return node.has_value(); }))
    for (std::optional<int64_t> node : numa)
      matrix.numa.push_back(*node);
  return matrix;
}

std::optional<GpuMatrix> moe::readGpuMatrix(StringRef text, StringRef file,
                                            InputErrors &errors) {
  GpuMatrixReader reader(file, errors);
  if (!reader.read(text))
    return std::nullopt;
  return reader.result();
}
