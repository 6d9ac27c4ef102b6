//===- ImportTest.cpp - Plan files that nobody has checked ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What holds for every key and every fault, tested over the table of the
// format; what single keys become is tested in test/Import.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/MLIRContext.h"
#include "moe/IR/MoE.h"
#include "moe/Import/InitPlan.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Import/PlanFromJson.h"
#include "moe/Import/PlanToJson.h"
#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <functional>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A plan with every section.
constexpr StringRef completePlan = R"({
  "schema": "moe-plan/1",
  "name": "p",
  "model": { "hidden_size": 16, "num_hidden_layers": 2, "num_experts": 4 },
  "cluster": { "gpu": "H100", "nodes": 2, "gpus_per_node": 8,
               "gpu_memory": "80 GB", "intra_node": "450 GB/s" },
  "workload": { "mode": "train", "global_batch": 4, "recompute": ["mlp"],
                "optimizer": { "name": "adamw", "moments": "fp32" },
                "ep_overlap": true, "capacity_factor": 1.50 },
  "parallelism": { "rule": "folded", "tp": 2, "dp": "auto" },
  "framework": "megatron",
  "experts": { "dispatch": "even", "placement": "contiguous" },
  "policy": { "imbalance": "<= 1.05" },
  "stated": { "groups": [ { "axis": "tp", "count": 8 } ],
              "experts_per_rank": [2, 2],
              "collectives": [ { "kind": "all_gather", "time": "2 ms" } ],
              "modules": [ { "name": "m", "ranks": "0-1" } ],
              "overlap": "0 %" },
  "targets": { "imbalance": "= 1" },
  "baseline": "b.json",
  "claims": [ { "id": "c", "says": "1 = 1", "line": 3 } ]
})";

class ImportTest : public ::testing::Test {
protected:
  OwningOpRef<ModuleOp> import(StringRef text) {
    errors = InputErrors();
    return importPlanText(text, "plan.json", &context, errors);
  }
  /// Imports a text that has faults, each of which must be located.
  void expectErrors(StringRef text) {
    EXPECT_FALSE(import(text)) << text.str();
    EXPECT_FALSE(errors.empty()) << text.str();
    for (const InputError &error : errors.list()) {
      EXPECT_EQ(error.file, "plan.json");
      EXPECT_GT(error.position.line, 0u) << error.str();
      EXPECT_GT(error.position.column, 0u) << error.str();
      EXPECT_FALSE(error.message.empty());
    }
  }
  std::string exported(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream os(text);
    EXPECT_TRUE(succeeded(exportPlan(*module.getOps<PlanOp>().begin(), os)));
    return text;
  }

  MLIRContext context;
  InputErrors errors;
};
} // namespace

TEST_F(ImportTest, CompletePlanComesBack) {
  OwningOpRef<ModuleOp> module = import(completePlan);
  ASSERT_TRUE(module) << errors.list().front().str();
  auto before = llvm::json::parse(completePlan);
  auto after = llvm::json::parse(exported(*module));
  ASSERT_TRUE(bool(before));
  ASSERT_TRUE(bool(after));
  EXPECT_EQ(*before, *after);
}

TEST_F(ImportTest, EveryPrefixIsAnError) {
  for (size_t length = 0; length < completePlan.size(); ++length)
    expectErrors(completePlan.take_front(length));
}

TEST_F(ImportTest, EveryByteMayBeMissingOrBroken) {
  // Whatever comes of it: a plan or located errors.
  for (size_t at = 0; at < completePlan.size(); ++at)
    for (StringRef byte : {"", "\"", "-", "\xff", "9", "]"}) {
      std::string text = completePlan.take_front(at).str() + byte.str() +
                         completePlan.drop_front(at + 1).str();
      OwningOpRef<ModuleOp> module = import(text);
      EXPECT_EQ(!module, !errors.empty()) << text;
    }
}

//===----------------------------------------------------------------------===//
// Every key of the table
//===----------------------------------------------------------------------===//

/// Calls `visit` with each key of the format and a function that puts a JSON
/// value of that key into a plan which is good otherwise.
using PlanWith = std::function<std::string(StringRef json)>;
static void forEachKey(
    const PlanSection &section, const PlanWith &inside,
    const std::function<void(const PlanKey &, const PlanWith &)> &visit) {
  for (const PlanKey &key : section.keys) {
    std::string others;
    for (const PlanKey &other : section.keys) {
      if (!other.required || other.name == key.name)
        continue;
      StringRef value = other.kind == KeyKind::Schema ? "\"moe-plan/1\""
                        : other.kind == KeyKind::Text ? "\"a\""
                        : other.kind == KeyKind::Word ? StringRef("\"tp\"")
                                                      : StringRef("{}");
      if (other.name == "kind")
        value = "\"all_gather\"";
      others += "\"" + other.name.str() + "\": " + value.str() + ", ";
    }
    PlanWith with = [=](StringRef json) {
      return inside("{ " + others + "\"" + key.name.str() +
                    "\": " + json.str() + " }");
    };
    visit(key, with);
    if (key.kind == KeyKind::Object || key.kind == KeyKind::Record)
      forEachKey(*key.section, with, visit);
    if (key.kind == KeyKind::Objects)
      forEachKey(
          *key.section,
          [=](StringRef json) { return with("[" + json.str() + "]"); }, visit);
  }
}

static void forEachKey(
    const std::function<void(const PlanKey &, const PlanWith &)> &visit) {
  forEachKey(planFormat(), [](StringRef json) { return json.str(); }, visit);
}

/// Values that a key of that kind takes.
static std::vector<StringRef> goodValues(const PlanKey &key) {
  switch (key.kind) {
  case KeyKind::Count:
    return {"1"};
  case KeyKind::Degree:
    return {"1", "\"auto\""};
  case KeyKind::Flag:
    return {"true", "false"};
  case KeyKind::Number:
    return {"1", key.max < 2 ? "0.50" : "1.50"};
  case KeyKind::Texts:
    return {"[]"};
  case KeyKind::WordOrTexts:
    return {"[]", "\"none\"", "\"full\""};
  case KeyKind::Placement:
    return {"\"balanced\""};
  case KeyKind::Counts:
    return {"[1, 0]"};
  case KeyKind::Name:
    return {"\"a\""};
  default:
    return {};
  }
}

TEST_F(ImportTest, EveryKeyRejectsWrongTypes) {
  unsigned numKeys = 0;
  forEachKey([&](const PlanKey &key, const PlanWith &with) {
    ++numKeys;
    for (StringRef json :
         {"null", "true", "-1", "0", "1", "1.5", "-1e400", "1e-400", "1e5",
          "99999999999999999999", "9223372036854775807", "\"\"", "\"\\u0000\"",
          "[]", "[null]", "[[[]]]", "{}", "{\"no such key\": 1}"}) {
      bool isGood =
          llvm::is_contained(goodValues(key), json) ||
          (json == "{}" &&
           (key.kind == KeyKind::Model || key.kind == KeyKind::Object ||
            key.kind == KeyKind::Bounds)) ||
          (json == "[]" && key.kind == KeyKind::Objects) ||
          (json == "1.5" && key.kind == KeyKind::Number && key.max >= 2);
      std::string plan = with(json);
      SCOPED_TRACE(plan);
      if (isGood)
        EXPECT_TRUE(import(plan)) << errors.list().front().str();
      else
        // The nested keys that are required are missing in some.
        expectErrors(plan);
    }
  });
  // The table has not lost a section.
  EXPECT_GT(numKeys, 70u);
}

TEST_F(ImportTest, EveryGoodValueComesBack) {
  forEachKey([&](const PlanKey &key, const PlanWith &with) {
    std::vector<std::string> values;
    for (StringRef value : goodValues(key))
      values.push_back(value.str());
    if (key.kind == KeyKind::Word)
      for (StringRef word : key.possibleWords())
        values.push_back("\"" + word.str() + "\"");
    if (key.kind == KeyKind::Texts || key.kind == KeyKind::WordOrTexts)
      for (StringRef word : key.choices)
        values.push_back("[\"" + word.str() + "\"]");
    if (key.kind == KeyKind::Text)
      for (StringRef word : key.choices)
        values.push_back("\"" + word.str() + "\"");
    if (key.kind == KeyKind::Text && key.choices.empty())
      values.push_back(
          "\"" + (key.pattern.empty() ? "any text" : key.example).str() + "\"");
    if (key.kind == KeyKind::Quantity)
      values.push_back("\"" + exampleOf(key.dimension).str() + "\"");
    for (const std::string &value : values) {
      if (key.name == "loads" || key.name == "topology" || key.name == "schema")
        continue; // names a file; has one value
      std::string plan = with(value);
      SCOPED_TRACE(plan);
      OwningOpRef<ModuleOp> module = import(plan);
      ASSERT_TRUE(module) << errors.list().front().str();
      auto before = llvm::json::parse(plan);
      auto after = llvm::json::parse(exported(*module));
      ASSERT_TRUE(bool(before) && bool(after));
      // Sections that every plan has may be empty; so may they be before.
      EXPECT_EQ(*before, *after) << exported(*module);
    }
  });
}

TEST_F(ImportTest, EveryMisspeltKeyIsSuggested) {
  forEachKey([&](const PlanKey &key, const PlanWith &with) {
    std::string plan = with("1");
    std::string misspelt = key.name.str() + "x";
    size_t at = plan.rfind("\"" + key.name.str() + "\": 1");
    ASSERT_NE(at, std::string::npos);
    plan.replace(at + 1, key.name.size(), misspelt);
    expectErrors(plan);
    bool isSuggested =
        llvm::any_of(errors.list(), [&](const InputError &error) {
          return StringRef(error.message)
                     .contains("unknown key '" + misspelt + "'") &&
                 StringRef(error.message).contains("'" + key.name.str() + "'");
        });
    EXPECT_TRUE(isSuggested) << plan << errors.list().front().str();
  });
}

//===----------------------------------------------------------------------===//
// The format against its schema
//===----------------------------------------------------------------------===//

/// The object that `schema` describes, following references and arrays.
static const llvm::json::Object *resolve(const llvm::json::Object &root,
                                         const llvm::json::Object *schema) {
  if (auto reference = schema->getString("$ref")) {
    StringRef name = *reference;
    name.consume_front("#/$defs/");
    return resolve(root, root.getObject("$defs")->getObject(name));
  }
  if (const llvm::json::Object *items = schema->getObject("items"))
    return resolve(root, items);
  return schema;
}

/// The words of a string, of the elements of an array, or of the array among
/// several possibilities.
static SmallVector<StringRef> enumOf(const llvm::json::Object *property) {
  if (const llvm::json::Object *items = property->getObject("items"))
    return enumOf(items);
  if (const llvm::json::Array *any = property->getArray("anyOf"))
    return enumOf(any->back().getAsObject());
  SmallVector<StringRef> words;
  if (const llvm::json::Array *array = property->getArray("enum"))
    for (const llvm::json::Value &word : *array)
      words.push_back(*word.getAsString());
  return words;
}

static void compare(const llvm::json::Object &root,
                    const llvm::json::Object *schema,
                    const PlanSection &section, const std::string &path) {
  SCOPED_TRACE(path);
  schema = resolve(root, schema);
  const llvm::json::Object *properties = schema->getObject("properties");
  ASSERT_TRUE(properties);
  EXPECT_EQ(properties->size(), section.keys.size());
  SmallVector<StringRef> required;
  if (const llvm::json::Array *names = schema->getArray("required"))
    for (const llvm::json::Value &name : *names)
      required.push_back(*name.getAsString());
  for (const PlanKey &key : section.keys) {
    const llvm::json::Object *property = properties->getObject(key.name);
    ASSERT_TRUE(property) << key.name.str();
    EXPECT_EQ(llvm::is_contained(required, key.name), key.required)
        << key.name.str();
    if (key.kind == KeyKind::Object || key.kind == KeyKind::Objects ||
        key.kind == KeyKind::Record)
      compare(root, property, *key.section, path + "." + key.name.str());
    property = resolve(root, property);
    if (key.kind == KeyKind::Bounds) {
      const llvm::json::Object *metrics = property->getObject("properties");
      EXPECT_EQ(metrics->size(), key.words.size());
      for (StringRef metric : key.words)
        EXPECT_TRUE(metrics->get(metric)) << metric.str();
    }
    if (key.kind == KeyKind::Word) {
      SmallVector<StringRef> words;
      for (const llvm::json::Value &word : *property->getArray("enum"))
        words.push_back(*word.getAsString());
      SmallVector<StringRef> ours = key.possibleWords();
      llvm::sort(words);
      llvm::sort(ours);
      EXPECT_EQ(words, ours) << key.name.str();
    } else if (!key.choices.empty()) {
      EXPECT_EQ(enumOf(property), SmallVector<StringRef>(key.choices))
          << key.name.str();
    }
  }
}

TEST(PlanFormat, AgreesWithItsSchema) {
  auto file = llvm::MemoryBuffer::getFile(MOE_PLAN_SCHEMA);
  ASSERT_TRUE(bool(file));
  auto schema = llvm::json::parse((*file)->getBuffer());
  ASSERT_TRUE(bool(schema));
  const llvm::json::Object *root = schema->getAsObject();
  compare(*root, root, planFormat(), "$");
}

//===----------------------------------------------------------------------===//
// Hostile texts
//===----------------------------------------------------------------------===//

TEST_F(ImportTest, HostileTexts) {
  std::string deep(100'000, '[');
  expectErrors(deep);
  expectErrors("{\"claims\": " + deep);
  expectErrors("\xff\xfe{}");
  expectErrors("{\"name\": \"\xc3\x28\"}");
  expectErrors("[]");
  expectErrors("3");
  expectErrors("{} {}");
  std::string many = "{\"claims\": [";
  for (unsigned i = 0; i < 70'000; ++i)
    many += "{},";
  expectErrors(many + "{}]}");
}

TEST_F(ImportTest, RepeatedKeyNamesBothPlaces) {
  expectErrors("{\n\"schema\": \"moe-plan/1\",\n\"schema\": \"moe-plan/1\"\n}");
  EXPECT_EQ(errors.list().front().position.line, 3u);
}

//===----------------------------------------------------------------------===//
// First plans
//===----------------------------------------------------------------------===//

TEST_F(ImportTest, FirstPlansImport) {
  std::string config = R"({"hidden_size": 16, "num_hidden_layers": 4,
                           "num_experts": 8, "num_experts_per_tok": 2})";
  auto document = json::Document::parse(config, "config.json", errors);
  ASSERT_TRUE(document);
  ModelShape shape =
      readModelConfig(document->root(), "$", "config.json", errors);
  for (StringRef name : gpuPresetNames())
    for (const char *mode : {"train", "prefill", "decode"})
      for (const char *framework : {"", "megatron"})
        for (int64_t tp : {1, 2, 3}) {
          std::string error;
          InitOptions options;
          options.model = "config.json";
          options.nodes = 3;
          options.tp = tp;
          options.mode = mode;
          options.framework = framework;
          std::string text =
              initPlan(options, *lookupGpuPreset(name, error), shape);
          // The model stands in no file here.
          size_t at = text.find("\"config.json\"");
          ASSERT_NE(at, std::string::npos);
          text.replace(at, 13, config);
          ASSERT_TRUE(import(text)) << errors.list().front().str() << text;
        }
}
