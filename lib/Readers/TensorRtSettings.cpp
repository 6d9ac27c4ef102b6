//===- TensorRtSettings.cpp - Flags and settings of TensorRT-LLM ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Options of trtllm-serve (tensorrt_llm/commands/serve.py) and the file for its
// --extra_llm_api_options (tensorrt_llm/llmapi/llm_args.py). The settings of
// the file are read as if they were flags of that name.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "ServingJob.h"
#include "moe/Json/YamlText.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;
using shell::Word;

static constexpr KnownFlag tensorRtFlags[] = {
    {"model", Kind::Hint},
    {"tp-size|tensor-parallel-size", Kind::Count},
    {"pp-size|pipeline-parallel-size", Kind::Count},
    {"cp-size|context-parallel-size", Kind::Count},
    {"ep-size|moe-expert-parallel-size", Kind::Text},
    {"moe-tensor-parallel-size", Kind::Text},
    {"enable-attention-dp", Kind::Switch}, // "=true" in a file of settings
    {"pp-partition", Kind::Text},
    {"moe-config.load-balancer|moe-load-balancer", Kind::Text},
    {"moe-config.load-balancer.num-slots", Kind::Count},
    {"moe-config.load-balancer.layer-updates-per-iter", Kind::Text},
    {"moe-config.backend", Kind::Text},
    {"max-batch-size", Kind::Count, "workload", "batch"},
    {"max-num-tokens", Kind::Count},
    {"cuda-graph-config.max-batch-size", Kind::Count},
    {"cuda-graph-config.enable-padding", Kind::Text},
    {"max-seq-len", Kind::Count, "workload", "context_length"},
    {"kv-cache-config.dtype", Kind::Text},
    {"speculative-config.decoding-type", Kind::Text},
    {"speculative-config.num-nextn-predict-layers", Kind::Count, "workload",
     "draft_tokens"},
    {"extra-llm-api-options|config", Kind::Text},
};

/// A degree that -1 leaves open; `otherwise` where it is open or absent.
static int64_t openDegree(const FlagSet &flags, StringRef name,
                          int64_t otherwise) {
  StringRef text = flags.text(name);
  int64_t value = 0;
  if (text.empty() || text == "-1" || text == "null")
    return otherwise;
  if (text.getAsInteger(10, value) || value < 1 || value > (int64_t(1) << 40)) {
    flags.report(name, "is " + quoted(text) +
                           ", expected a whole number above 0, or -1");
    return otherwise;
  }
  return value;
}

static void readExperts(const FlagSet &flags, int64_t group, ServingJob &job) {
  int64_t ep = openDegree(flags, "ep-size", 0);
  int64_t etp = openDegree(flags, "moe-tensor-parallel-size", 0);
  // What one leaves is the other's; without both, experts follow TP.
  job.ep = ep ? ep : etp && group % etp == 0 ? group / etp : 1;
  job.etp = etp ? etp : group % job.ep == 0 ? group / job.ep : 1;
  if (multiplied({job.ep, job.etp}) != group)
    flags.report("ep-size", "is " + std::to_string(job.ep) +
                                " and the experts' tensor parallel size " +
                                std::to_string(job.etp) +
                                ", their product "
                                "must be --tp-size, " +
                                std::to_string(group));
}

/// Experts that move while the server runs are beyond a plan.
static void readUpdates(const FlagSet &flags) {
  constexpr StringRef name = "moe-config.load-balancer.layer-updates-per-iter";
  StringRef text = flags.text(name);
  int64_t updates = 0;
  if (!text.empty() && text != "null" &&
      (text.getAsInteger(10, updates) || updates < 0))
    return flags.report(name, "is " + quoted(text) +
                                  ", expected a whole number from 0 on");
  if (updates > 0)
    flags.note(name, "is " + text.str() +
                         ": the server moves experts by the load it measures; "
                         "the plan has the slots for them, and a bundle keeps "
                         "the experts where they start");
}

static void readPartition(const FlagSet &flags) {
  StringRef text = flags.text("pp-partition");
  if (text.empty() || text == "null")
    return;
  std::string error;
  if (std::optional<std::string> layout =
          layoutOfPartition(text, flags.number("pp-size", 1), error))
    flags.state("pp-partition", "parallelism", "layout", jsonText(*layout));
  else
    flags.report("pp-partition", error);
}

static void readSettings(llvm::ArrayRef<Word> words, Recipe &recipe,
                         InputErrors &errors) {
  FlagSet flags(words, tensorRtFlags, /*mixesDashes=*/true, recipe, errors);
  if (!errors.empty())
    return;
  recipe.model = flags.text("model").str();
  if (recipe.model.empty() && !flags.positionals().empty())
    recipe.model = flags.positionals().front().text;
  if (const GivenFlag *file = flags.find("extra-llm-api-options"))
    recipe.note(file->line, quoted(file->text()) +
                                " is not opened; 'moec import' reads such a "
                                "file when it is given itself");
  int64_t group = flags.number("tp-size", 1);
  StringRef attention = flags.text("enable-attention-dp");
  bool hasAttentionDp =
      flags.has("enable-attention-dp") && attention.lower() != "false";
  ServingJob job{"tp-size", "cp-size", "pp-size", "enable-attention-dp",
                 "ep-size"};
  job.tp = hasAttentionDp ? 1 : group;
  job.dp = hasAttentionDp ? group : 1;
  job.cp = flags.number("cp-size", 1);
  job.pp = flags.number("pp-size", 1);
  readExperts(flags, group, job);
  stateServingJob(flags, job, recipe);
  readPartition(flags);
  if (flags.text("kv-cache-config.dtype") == "fp8")
    flags.state("kv-cache-config.dtype", "workload", "kv_cache", "\"fp8\"");
  flags.passOver("max-num-tokens");
  readUpdates(flags);
  // A load balancer in a file of its own; as a word it is a path.
  recipe.placement = flags.text("moe-config.load-balancer").str();
  if (int64_t slots = flags.number("moe-config.load-balancer.num-slots", 0)) {
    if (slots % job.ep != 0)
      flags.report("moe-config.load-balancer.num-slots",
                   "is " + std::to_string(slots) +
                       ", which the expert parallel size " +
                       std::to_string(job.ep) + " does not divide");
    else
      flags.state("moe-config.load-balancer.num-slots", "experts",
                  "slots_per_rank", slots / job.ep);
  }
}

void mlir::moe::readTensorRtFlags(llvm::ArrayRef<Word> words, Recipe &recipe,
                                  InputErrors &errors) {
  readSettings(words, recipe, errors);
}

/// `./settings.yaml` is `settings.yaml`.
static bool samePath(StringRef a, StringRef b) {
  while (a.consume_front("./")) {
  }
  while (b.consume_front("./")) {
  }
  return a == b;
}

//===----------------------------------------------------------------------===//
// YAML
//===----------------------------------------------------------------------===//

namespace {
/// Turns the values of nested mappings into flags: `--moe_config.backend=X`,
/// lists joined by commas. A table of experts is for the reader of placements.
class SettingsReader {
public:
  SettingsReader(const YamlText &yaml, std::vector<Word> &words)
      : yaml(yaml), words(words) {}

  void read(llvm::yaml::MappingNode &mapping, const std::string &prefix,
            int depth);
  /// Whether the file places experts.
  bool hasPlacement = false;

private:
  std::string valueOf(llvm::yaml::Node &node);

  const YamlText &yaml;
  std::vector<Word> &words;
};
} // namespace

std::string SettingsReader::valueOf(llvm::yaml::Node &node) {
  llvm::SmallString<64> storage;
  if (auto *scalar = llvm::dyn_cast<llvm::yaml::ScalarNode>(&node))
    return scalar->getValue(storage).str();
  std::string text;
  if (auto *list = llvm::dyn_cast<llvm::yaml::SequenceNode>(&node)) {
    for (llvm::yaml::Node &element : *list) {
      auto *scalar = llvm::dyn_cast<llvm::yaml::ScalarNode>(&element);
      text += (text.empty() ? "" : ",") +
              (scalar ? scalar->getValue(storage).str() : "...");
      element.skip();
    }
    return text;
  }
  node.skip();
  return "...";
}

void SettingsReader::read(llvm::yaml::MappingNode &mapping,
                          const std::string &prefix, int depth) {
  constexpr int maxDepth = 8;
  for (llvm::yaml::KeyValueNode &entry : mapping) {
    auto *key = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey());
    llvm::yaml::Node *value = entry.getValue();
    if (!key || !value)
      continue;
    llvm::SmallString<64> storage;
    std::string name = prefix + key->getValue(storage).str();
    unsigned line = yaml.lineOf(*key);
    auto *inner = llvm::dyn_cast<llvm::yaml::MappingNode>(value);
    if (prefix == "moe_config.load_balancer.initial_global_assignments.") {
      hasPlacement = true;
      value->skip();
    } else if (inner && depth < maxDepth) {
      read(*inner, name + ".", depth + 1);
    } else {
      words.push_back({"--" + name + "=" + valueOf(*value), line});
    }
  }
}

/// The settings in `text` as flags; adds to `errors` if they are none.
static std::vector<Word> settingsOf(StringRef text, StringRef file,
                                    bool &hasPlacement, InputErrors &errors) {
  std::vector<Word> words;
  if (text.size() > shell::maxScriptBytes) {
    errors.add(file, {}, "is larger than any settings of TensorRT-LLM");
    return words;
  }
  YamlText yaml(text, file.str(), errors);
  llvm::yaml::Node *root = yaml.root();
  SettingsReader reader(yaml, words);
  if (auto *mapping = llvm::dyn_cast_or_null<llvm::yaml::MappingNode>(root))
    reader.read(*mapping, "", 0);
  else if (errors.empty())
    errors.add(file, {1, 1},
               "expected settings of TensorRT-LLM, 'name: "
               "value' on each line");
  hasPlacement = reader.hasPlacement;
  return words;
}

/// Nothing follows from a file none of whose settings is known, such as one of
/// several servers.
static void reportUnknownSettings(const Recipe &recipe, InputErrors &errors) {
  std::string message = "expected settings of TensorRT-LLM such as "
                        "'tensor_parallel_size', found none that a plan has";
  for (const UnusedFlag &flag : recipe.unused) {
    StringRef section = flag.flag;
    if (section.consume_front("--") &&
        section.consume_back(".tensor_parallel_size")) {
      message +=
          "; those of " + quoted(section) + " have to be a file of their own";
      break;
    }
  }
  errors.add(recipe.file, {recipe.unused.front().line, 1}, message);
}

void mlir::moe::readTensorRtSettings(StringRef text, Recipe &recipe,
                                     InputErrors &errors) {
  recipe.framework = "trtllm";
  bool hasPlacement = false;
  std::vector<Word> words = settingsOf(text, recipe.file, hasPlacement, errors);
  if (!errors.empty())
    return;
  readSettings(words, recipe, errors);
  if (errors.empty() && !words.empty() && recipe.unused.size() == words.size())
    reportUnknownSettings(recipe, errors);
  if (hasPlacement)
    recipe.placement = recipe.file;
}

std::vector<Word>
mlir::moe::withWrittenSettings(llvm::ArrayRef<Word> words,
                               llvm::ArrayRef<shell::WrittenFile> files,
                               Recipe &recipe, InputErrors &errors) {
  std::vector<Word> all;
  for (size_t i = 0; i < words.size(); ++i) {
    StringRef flag = words[i].text, path;
    size_t count = flag.contains('=') ? 1 : 2;
    std::tie(flag, path) = flag.split('=');
    if (count == 2 && i + 1 < words.size())
      path = words[i + 1].text;
    const shell::WrittenFile *file =
        flag == "--extra_llm_api_options" || flag == "--config"
            ? llvm::find_if(files,
                            [&](const shell::WrittenFile &written) {
                              return samePath(written.path, path);
                            })
            : files.end();
    if (file == files.end()) {
      all.push_back(words[i]);
      continue;
    }
    i += count - 1;
    bool hasPlacement = false;
    for (Word &word :
         settingsOf(file->text, file->path, hasPlacement, errors)) {
      word.line += file->line - 1;
      all.push_back(std::move(word));
    }
    if (hasPlacement)
      recipe.note(file->line, "the experts that " + quoted(file->path) +
                                  " places are not read; a placement has to be "
                                  "a file of its own");
  }
  return all;
}
