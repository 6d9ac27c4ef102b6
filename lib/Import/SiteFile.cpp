//===- SiteFile.cpp - What a cluster wants to know ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/SiteFile.h"

#include "mlir/IR/Builders.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace mlir::moe;
using json::ObjectReader;

namespace {
/// A key whose value is one string.
struct TextKey {
  StringRef name;
  std::string SiteSettings::*member;
  /// What the whole value has to match, with an example.
  StringRef pattern = {}, example = {};
};
/// A key whose value is a list of strings.
struct ListKey {
  StringRef name;
  std::vector<std::string> SiteSettings::*member;
};
} // namespace

static constexpr StringRef timePattern =
    "^([0-9]+-[0-9]{1,2}(:[0-9]{2}){0,2}|[0-9]+(:[0-9]{2}){0,2})$";

static constexpr TextKey textKeys[] = {
    {"partition", &SiteSettings::partition},
    {"account", &SiteSettings::account},
    {"qos", &SiteSettings::qos},
    {"time", &SiteSettings::time, timePattern, "04:00:00"},
    {"reservation", &SiteSettings::reservation},
    {"constraint", &SiteSettings::constraint},
    {"gpu_request", &SiteSettings::gpuRequest, "^(gres|gpus-per-node|none)$",
     "gres"},
    {"network_interface", &SiteSettings::networkInterface},
};
static constexpr ListKey listKeys[] = {
    {"modules", &SiteSettings::modules},
    {"hca_list", &SiteSettings::hcaList},
};
static constexpr TextKey imageKey = {"image", &SiteSettings::containerImage};
static constexpr ListKey mountsKey = {"mounts", &SiteSettings::containerMounts};

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static bool hasControlCharacter(StringRef text) {
  return llvm::any_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

/// Values become words of shell files: one line, and something on it.
static bool checkWord(ObjectReader &object, StringRef key, StringRef text,
                      bool mayBeEmpty = false) {
  std::string fault;
  if (hasControlCharacter(text))
    fault = "a line break or another control character";
  else if (text.empty() && !mayBeEmpty)
    fault = "an empty string";
  else
    return true;
  object.report(key, "found " + fault + " in " + object.pathOf(key) +
                         ", which becomes part of a script");
  return false;
}

static void readText(const TextKey &key, ObjectReader &object,
                     SiteSettings &site) {
  std::optional<StringRef> text = object.string(key.name);
  if (!text || !checkWord(object, key.name, *text))
    return;
  if (!key.pattern.empty() && !llvm::Regex(key.pattern).match(*text))
    return object.report(key.name, "expected a value such as \"" +
                                       key.example.str() + "\" for " +
                                       object.pathOf(key.name) + ", found " +
                                       object.find(key.name)->value.describe());
  site.*key.member = text->str();
}

static void readList(const ListKey &key, ObjectReader &object,
                     SiteSettings &site) {
  std::optional<std::vector<std::string>> texts = object.strings(key.name);
  if (!texts)
    return;
  bool areGood = llvm::all_of(*texts, [&](const std::string &text) {
    return checkWord(object, key.name, text);
  });
  if (areGood)
    site.*key.member = std::move(*texts);
}

static void readContainer(ObjectReader &root, SiteSettings &site) {
  std::optional<ObjectReader> container = root.objectAt("container");
  if (!container)
    return;
  container->require(imageKey.name);
  readText(imageKey, *container, site);
  readList(mountsKey, *container, site);
  container->rejectUnknown();
}

static void readEnvironment(ObjectReader &root, SiteSettings &site) {
  std::optional<ObjectReader> environment = root.objectAt("environment");
  if (!environment)
    return;
  llvm::Regex identifier("^[A-Za-z_][A-Za-z0-9_]*$");
  for (const json::Member &member : environment->value().members()) {
    std::optional<StringRef> text = environment->string(member.key);
    if (!identifier.match(member.key))
      environment->reportAt(member.keyPosition,
                            "expected the name of an environment variable for "
                            "the key of " +
                                environment->pathOf(member.key));
    else if (text && checkWord(*environment, member.key, *text, true))
      site.environment.emplace_back(member.key.str(), text->str());
  }
}

std::optional<SiteSettings> moe::readSite(StringRef path, InputErrors &errors) {
  size_t before = errors.count();
  std::optional<json::Document> document =
      json::Document::readFile(path, errors);
  if (!document)
    return std::nullopt;
  if (!document->root().is(json::Kind::Object)) {
    errors.add(path, document->root().position(),
               "expected a site file, a JSON object, found " +
                   document->root().describe());
    return std::nullopt;
  }
  SiteSettings site;
  ObjectReader root(document->root(), "$", document->file(), errors);
  for (const TextKey &key : textKeys)
    readText(key, root, site);
  for (const ListKey &key : listKeys)
    readList(key, root, site);
  readContainer(root, site);
  readEnvironment(root, site);
  root.rejectUnknown();
  if (errors.count() != before)
    return std::nullopt;
  return site;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

void moe::addSite(LaunchOp launch, const SiteSettings &site) {
  for (auto old : llvm::make_early_inc_range(launch.getBody().getOps<SiteOp>()))
    old.erase();
  OpBuilder builder = OpBuilder::atBlockEnd(&launch.getBody().front());
  auto text = [&](const std::string &value) {
    return value.empty() ? StringAttr() : builder.getStringAttr(value);
  };
  auto list = [&](ArrayRef<std::string> values) {
    SmallVector<StringRef> texts(values.begin(), values.end());
    return values.empty() ? ArrayAttr() : builder.getStrArrayAttr(texts);
  };
  std::vector<std::string> names, values;
  for (const auto &[name, value] : site.environment) {
    names.push_back(name);
    values.push_back(value);
  }
  SiteOp::create(builder, launch.getLoc(), text(site.partition),
                 text(site.account), text(site.qos), text(site.time),
                 text(site.reservation), text(site.constraint),
                 text(site.gpuRequest), text(site.containerImage),
                 list(site.containerMounts), list(site.modules),
                 text(site.networkInterface), list(site.hcaList), list(names),
                 list(values));
}
