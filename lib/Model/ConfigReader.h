//===- ConfigReader.h - Keys of a model configuration -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the keys of a configuration under the names that different families
// give them, in `text_config` where there is one, and remembers which keys had
// a meaning.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_CONFIGREADER_H
#define MOE_MODEL_CONFIGREADER_H

#include "moe/Json/Value.h"
#include "moe/Model/ModelShape.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <set>

namespace mlir::moe {

class ConfigReader {
public:
  using Path = std::vector<std::string>;
  /// A key that was found, and what it is called from the root on.
  struct Entry {
    const json::Value *value = nullptr;
    Path path;
    explicit operator bool() const { return value; }
    /// `text_config.head_dim`
    std::string name() const;
    bool isNull() const { return value->is(json::Kind::Null); }
  };
  /// Whether a key is there, holds null, has a good value, or a faulty one.
  enum class Presence : uint8_t { Absent, Null, Good, Faulty };

  ConfigReader(const json::Value &root, llvm::StringRef rootPath,
               llvm::StringRef file, InputErrors &errors);

  /// The first of `names` ("num_experts|ffn_config.moe_num_experts") that the
  /// configuration of the text model has. Others that are there too must have
  /// the same value.
  Entry find(llvm::StringRef names);
  /// The same, but looks outside of `text_config` first.
  Entry findOutside(llvm::StringRef names);

  Presence integer(llvm::StringRef names, int64_t min, int64_t max,
                   model::Figure<int64_t> &figure);
  Presence boolean(const Entry &entry, model::Figure<bool> &figure);
  Presence string(const Entry &entry, model::Figure<std::string> &figure);
  /// Elements are from `min` to `max`.
  Presence integers(const Entry &entry, int64_t min, int64_t max,
                    model::Figure<std::vector<int64_t>> &figure);

  void report(const Entry &entry, std::string message);
  /// Reports keys of the root that nobody looked for.
  void rejectUnknown();
  /// The keys that were looked for and found, in file order.
  std::vector<StatedKey> statedKeys() const;

  llvm::StringRef file() const { return fileName; }
  Position position() const { return root.position(); }

private:
  Entry lookUp(const json::Value &scope, const Path &prefix,
               llvm::StringRef dottedKey);
  Entry findIn(llvm::ArrayRef<const json::Value *> scopes,
               llvm::StringRef names);
  void checkAgreement(const Entry &first, const Entry &second);
  std::string pathOf(const Entry &entry) const;
  bool checkInteger(const Entry &entry, const json::Value &value, int64_t min,
                    int64_t max);
  template <typename T>
  static void setStated(model::Figure<T> &figure, T value, const Entry &entry);

  json::Value root;
  /// Null if the configuration has none.
  const json::Value *textConfig = nullptr;
  std::string rootPath;
  llvm::StringRef fileName;
  InputErrors &errors;
  std::set<Path> found;
  std::vector<std::string> known;
};

} // namespace mlir::moe

#endif // MOE_MODEL_CONFIGREADER_H
