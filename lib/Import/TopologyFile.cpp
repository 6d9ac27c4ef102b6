//===- TopologyFile.cpp - Switches of a cluster ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which format a file has, and what a cluster takes from it.
//
//===----------------------------------------------------------------------===//

#include "TopologyFile.h"

#include "GpuMatrix.h"
#include "HostList.h"
#include "NamedFile.h"
#include "mlir/IR/Builders.h"
#include "moe/IR/FieldLocation.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include <numeric>
#include <utility>

using namespace mlir;
using namespace mlir::moe;

namespace {
enum class TopologyFormat : uint8_t { Conf, Yaml, Matrix, HostFile };

/// Reads the files that one cluster names.
class TopologyReader {
public:
  TopologyReader(ClusterOp cluster, InputErrors &errors)
      : cluster(cluster), where(fieldLoc(cluster, "topology")), errors(errors) {
  }

  void read(StringRef path);

private:
  void report(const std::string &message) { reportAt(errors, where, message); }
  void readSwitches(ArrayRef<LeafSwitch> leaves, StringRef path);
  void readHosts(ArrayRef<HostLine> lines, StringRef path);
  void readMatrix(const GpuMatrix &matrix);
  std::vector<std::string> addNodes(StringRef list, unsigned line,
                                    StringRef path);
  bool storeNodes(ArrayRef<StringRef> lists, StringRef kind);
  void checkSlots(const HostLine &host, StringRef path);

  ClusterOp cluster;
  Location where;
  InputErrors &errors;
  /// Line of each name of the file, in small letters: names of hosts differ in
  /// more than case (RFC 4343).
  llvm::StringMap<unsigned> lineOf;
};
} // namespace

/// The first line that says something decides, but a matrix may have lines in
/// front of it.
static TopologyFormat formatOf(StringRef text) {
  if (isGpuMatrix(text))
    return TopologyFormat::Matrix;
  for (StringRef line : llvm::split(text, '\n')) {
    StringRef content = line.split('#').first.trim();
    if (content.empty())
      continue;
    StringRef word = content.take_until(llvm::isSpace);
    if (content.starts_with("---") || word == "-" || word.ends_with(":"))
      return TopologyFormat::Yaml;
    return word.contains('=') ? TopologyFormat::Conf : TopologyFormat::HostFile;
  }
  return TopologyFormat::Conf;
}

/// The nodes in `list`, none of which was there before; nothing after an error.
std::vector<std::string> TopologyReader::addNodes(StringRef list, unsigned line,
                                                  StringRef path) {
  std::optional<std::vector<std::string>> names = expandHosts(list);
  if (!names) {
    errors.add(path, {line, 1},
               quoted(list) + " is no list of hosts such as n[0-15],n20");
    return {};
  }
  for (const std::string &name : *names)
    if (auto [entry, isNew] = lineOf.try_emplace(StringRef(name).lower(), line);
        !isNew) {
      errors.add(path, {line, 1},
                 quoted(name) + " is listed twice, here and in line " +
                     std::to_string(entry->second));
      return {};
    }
  return std::move(*names);
}

/// Keeps the nodes of the file at `path`; false after an error.
bool TopologyReader::storeNodes(ArrayRef<StringRef> lists, StringRef kind) {
  auto total = static_cast<int64_t>(lineOf.size());
  auto nodes = static_cast<int64_t>(cluster.getNodes().value_or(0));
  if (nodes > total)
    report("the " + kind.str() + " has " + counted(total, "node") +
           ", the plan " + std::to_string(nodes));
  else if (cluster.getNodeLists())
    report("two of the files list the nodes of the cluster");
  else
    cluster.setNodeListsAttr(
        Builder(cluster.getContext()).getStrArrayAttr(lists));
  return nodes <= total;
}

void TopologyReader::readSwitches(ArrayRef<LeafSwitch> leaves, StringRef path) {
  int64_t common = 0;
  SmallVector<StringRef> lists;
  for (const LeafSwitch &leaf : leaves) {
    std::vector<std::string> nodes = addNodes(leaf.nodes, leaf.line, path);
    if (nodes.empty())
      return;
    common = std::gcd(common, static_cast<int64_t>(nodes.size()));
    lists.push_back(leaf.nodes);
  }
  if (common == 0)
    return report("the topology file has no switch with nodes");
  if (!storeNodes(lists, "topology file"))
    return;
  if (std::optional<uint64_t> stated = cluster.getNodesPerSwitch();
      stated && static_cast<int64_t>(*stated) != common)
    return reportAt(errors, fieldLoc(cluster, "nodes_per_switch"),
                    "nodes_per_switch is " + std::to_string(*stated) +
                        ", but blocks of " + counted(common, "node") +
                        " share a switch in the topology file");
  cluster.setNodesPerSwitch(static_cast<uint64_t>(common));
}

/// A host takes a process for each of its GPUs.
void TopologyReader::checkSlots(const HostLine &host, StringRef path) {
  std::optional<uint64_t> gpus = cluster.getGpusPerNode();
  if (host.slots && gpus && *host.slots != static_cast<int64_t>(*gpus))
    errors.add(path, {host.line, 1},
               quoted(host.list) + " has " + counted(*host.slots, "slot") +
                   ", gpus_per_node is " + std::to_string(*gpus));
}

/// Name by name, so that whoever reads the list need not know how Slurm does.
void TopologyReader::readHosts(ArrayRef<HostLine> lines, StringRef path) {
  std::vector<std::string> all;
  for (const HostLine &host : lines) {
    std::vector<std::string> names = addNodes(host.list, host.line, path);
    if (names.empty())
      return;
    checkSlots(host, path);
    llvm::append_range(all, names);
  }
  storeNodes(StringRef(llvm::join(all, ",")), "host file");
}

void TopologyReader::readMatrix(const GpuMatrix &matrix) {
  if (cluster.getNvlinkGroups())
    return report("two of the files say what joins the GPUs of a node");
  Builder builder(cluster.getContext());
  cluster.setNvlinkGroupsAttr(
      builder.getDenseI64ArrayAttr(matrix.nvlinkGroups));
  if (!matrix.nics.empty())
    cluster.setGpuNicsAttr(builder.getStrArrayAttr(
        SmallVector<StringRef>(matrix.nics.begin(), matrix.nics.end())));
  if (!matrix.numa.empty())
    cluster.setGpuNumaAttr(builder.getDenseI64ArrayAttr(matrix.numa));
}

void TopologyReader::read(StringRef path) {
  lineOf.clear();
  InputErrors inFile;
  auto buffer = json::readFileText(path, inFile);
  for (const InputError &error : inFile.list())
    report(error.message);
  if (!buffer)
    return;
  StringRef text = buffer->getBuffer();
  size_t before = errors.count();
  auto readIfSound = [&](auto reader, auto &&what) {
    if (errors.count() == before)
      (this->*reader)(what, path);
  };
  switch (formatOf(text)) {
  case TopologyFormat::Conf:
    return readIfSound(&TopologyReader::readSwitches,
                       readTopologyConf(text, path, errors));
  case TopologyFormat::Yaml:
    return readIfSound(&TopologyReader::readSwitches,
                       readTopologyYaml(text, path, errors));
  case TopologyFormat::HostFile:
    return readIfSound(&TopologyReader::readHosts,
                       readHostFile(text, path, errors));
  case TopologyFormat::Matrix:
    if (auto matrix = readGpuMatrix(text, path, errors))
      readMatrix(*matrix);
    return;
  }
}

void moe::readTopology(PlanOp plan, StringRef planFile, InputErrors &errors) {
  auto cluster = plan.getSection<ClusterOp>();
  if (!cluster || !cluster.getTopology())
    return;
  TopologyReader reader(cluster, errors);
  for (auto path : cluster.getTopology()->getAsRange<StringAttr>())
    reader.read(resolvePath(planFile, path.getValue()));
}
