//===- ProcessGroups.cpp - Process groups of a framework ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Frameworks/ProcessGroups.h"

#include "llvm/ADT/STLExtras.h"
#include <charconv>

using namespace mlir::moe;

static int64_t groupsPerBlock(const GroupFamily &family) {
  return (family.blockSize + family.groupSize - 1) / family.groupSize;
}

int64_t GroupFamily::count() const {
  if (blockSize == 0)
    return ranks.size() / groupSize;
  return ranks.size() / blockSize * groupsPerBlock(*this);
}

int64_t GroupFamily::sizeOf(int64_t group) const {
  if (blockSize == 0)
    return groupSize;
  int64_t start = group % groupsPerBlock(*this) * groupSize;
  return std::min(groupSize, blockSize - start);
}

int64_t GroupFamily::rankAt(int64_t group, int64_t member) const {
  if (blockSize == 0)
    return ranks.at(group * groupSize + member);
  int64_t block = group / groupsPerBlock(*this);
  int64_t start = group % groupsPerBlock(*this) * groupSize;
  return ranks.at(block * blockSize + start + member);
}

const GroupFamily *FrameworkGroups::find(llvm::StringRef name) const {
  const auto *found = llvm::find_if(
      families, [&](const GroupFamily &family) { return family.name == name; });
  return found == families.end() ? nullptr : found;
}

namespace {

/// Collects numbers and brackets in a buffer of its own: a raw_ostream call
/// per rank would take most of the time of 131,072 ranks.
class ListWriter {
public:
  explicit ListWriter(llvm::raw_ostream &out) : out(out) {}
  ~ListWriter() { flush(); }

  void text(llvm::StringRef fragment) {
    reserve(fragment.size());
    next = llvm::copy(fragment, next);
  }
  /// A rank of a list: `comma` stands before it unless it is the very first,
  /// and brackets around the first and last of a group.
  void rank(int64_t rank, bool comma, bool opens, bool closes) {
    reserve(24);
    if (comma)
      *next++ = ',';
    if (opens)
      *next++ = '[';
    next = std::to_chars(next, std::end(buffer), rank).ptr;
    if (closes)
      *next++ = ']';
  }

private:
  void reserve(size_t size) {
    if (static_cast<size_t>(std::end(buffer) - next) < size)
      flush();
  }
  void flush() {
    out.write(buffer, next - buffer);
    next = buffer;
  }

  llvm::raw_ostream &out;
  char buffer[1 << 16];
  char *next = buffer;
};

/// Writes the ranks of a family as lists while an odometer over the box counts
/// them up.
void writeLists(const GroupFamily &family, int64_t firstRank,
                ListWriter &writer) {
  Box box = family.ranks.simplified();
  if (box.dims.empty())
    box.dims.push_back({1, 1});
  BoxDim run = box.dims.pop_back_val();
  llvm::SmallVector<int64_t, 6> digits(box.dims.size(), 0);
  int64_t rank = firstRank;
  int64_t member = 0, inBlock = 0;
  bool isFirst = true;
  while (true) {
    for (int64_t i = 0; i < run.size; ++i) {
      bool opens = member == 0;
      bool endsBlock = ++inBlock == family.blockSize;
      bool closes = ++member == family.groupSize || endsBlock;
      writer.rank(rank + i * run.stride, !isFirst, opens, closes);
      isFirst = false;
      if (closes)
        member = 0;
      if (endsBlock)
        inBlock = 0;
    }
    size_t dim = box.dims.size();
    while (dim > 0 && ++digits[dim - 1] == box.dims[dim - 1].size) {
      --dim;
      digits[dim] = 0;
      rank -= (box.dims[dim].size - 1) * box.dims[dim].stride;
    }
    if (dim == 0)
      return;
    rank += box.dims[dim - 1].stride;
  }
}

} // namespace

void mlir::moe::writeGroupsJson(const FrameworkGroups &groups,
                                llvm::raw_ostream &out) {
  ListWriter writer(out);
  writer.text(R"({"schema":"moe-groups/1","framework":")");
  writer.text(groups.framework);
  writer.text(R"(","groups":{)");
  for (const GroupFamily &family : groups.families) {
    if (&family != &groups.families.front())
      writer.text(",");
    writer.text("\"");
    writer.text(family.name);
    writer.text("\":[");
    writeLists(family, groups.firstRank, writer);
    writer.text("]");
  }
  writer.text("}}\n");
}
