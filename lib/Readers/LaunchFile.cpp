//===- LaunchFile.cpp - Scripts and command lines to a recipe -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/LaunchFile.h"

#include "FrameworkReaders.h"
#include "LaunchProgram.h"
#include "ServingJob.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::StringRef;
using shell::Word;

namespace {
using FlagReader = void (*)(llvm::ArrayRef<Word>, Recipe &, InputErrors &);

struct FrameworkReader {
  StringRef framework;
  FlagReader read;
};

} // namespace

static constexpr FrameworkReader readers[] = {
    {"megatron", readMegatronFlags},     {"deepspeed", readDeepSpeedFlags},
    {"torchtitan", readTorchTitanFlags}, {"vllm", readVllmFlags},
    {"sglang", readSglangFlags},         {"trtllm", readTensorRtFlags},
};

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
class LaunchFileReader {
public:
  LaunchFileReader(StringRef file, const LaunchFileOptions &options,
                   InputErrors &errors)
      : recipe(file.str()), options(options), errors(errors) {}

  std::optional<Recipe> readText(StringRef text);

private:
  std::vector<shell::Definition> definitions() const;
  void addFlagList(StringRef text);
  void addCommands(StringRef text);
  void joinFlagLists();
  bool readCommands();
  bool readWrittenScripts();
  void readProgram(const shell::Command &command, const LaunchProgram &program);
  void readPartition(llvm::ArrayRef<Word> words);
  void readExchange(llvm::ArrayRef<Word> words);
  void reportNoProgram();

  Recipe recipe;
  const LaunchFileOptions &options;
  InputErrors &errors;
  std::vector<shell::Command> commands;
  std::vector<shell::WrittenFile> files;
};
} // namespace

/// Those of the caller, and what Slurm sets from the directives.
std::vector<shell::Definition> LaunchFileReader::definitions() const {
  std::vector<shell::Definition> all;
  auto add = [&](StringRef name, const std::optional<int64_t> &value) {
    if (value)
      all.push_back({name.str(), std::to_string(*value), false});
  };
  std::optional<int64_t> nodes = recipe.nodes ? recipe.nodes : options.nodes;
  for (StringRef name : {"SLURM_NNODES", "SLURM_JOB_NUM_NODES"})
    add(name, nodes);
  // Of Kubeflow and LeaderWorkerSet, and as scripts call it.
  if (options.nodes)
    for (StringRef name :
         {"PET_NNODES", "LWS_GROUP_SIZE", "NNODES", "NUM_NODES"})
      add(name, nodes);
  for (StringRef name : {"SLURM_GPUS_ON_NODE", "SLURM_GPUS_PER_NODE"})
    add(name, recipe.gpusPerNode);
  llvm::append_range(all, options.definitions);
  return all;
}

/// A file of words, as `$(grep -v '^#' FILE)` makes them: no quotes, no
/// variables, and an operator is a letter like any other.
void LaunchFileReader::addFlagList(StringRef text) {
  shell::Command command;
  unsigned number = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    ++number;
    if (line.starts_with("#"))
      continue;
    llvm::SmallVector<StringRef> words;
    llvm::SplitString(line, words);
    for (StringRef word : words)
      command.words.push_back({word.str(), number});
  }
  if (!command.words.empty())
    commands.push_back(std::move(command));
}

void LaunchFileReader::addCommands(StringRef text) {
  std::optional<shell::Script> script =
      shell::readScript(text, recipe.file, definitions(), errors);
  if (!script)
    return;
  for (InputNote &note : script->remarks)
    recipe.notes.push_back(std::move(note));
  commands = std::move(script->commands);
  llvm::append_range(files, std::move(script->files));
}

static bool isShellScript(StringRef path) {
  return llvm::is_contained({".sh", ".bash", ".sbatch", ".slurm"},
                            llvm::sys::path::extension(path));
}

/// Scripts that the script writes, for want of a program in itself.
bool LaunchFileReader::readWrittenScripts() {
  std::vector<shell::WrittenFile> scripts = std::move(files);
  files.clear();
  for (const shell::WrittenFile &script : scripts) {
    if (script.path != "sbatch" && !isShellScript(script.path) &&
        !StringRef(script.text).starts_with("#!"))
      continue;
    // The lines before it keep those of the file right.
    std::string text(script.line - 1, '\n');
    text += script.text;
    recipe.note(script.line, "the script that is given to " +
                                 quoted(script.path) + " here is read");
    readDirectives(shell::readDirectives(text), recipe, errors);
    addCommands(text);
    if (readCommands())
      return true;
  }
  return false;
}

/// A file of flags alone is one command, whatever its lines.
void LaunchFileReader::joinFlagLists() {
  if (commands.empty() ||
      !llvm::all_of(commands, [](const shell::Command &command) {
        return StringRef(command.words.front().text).starts_with("-");
      }))
    return;
  shell::Command all;
  for (shell::Command &command : commands)
    llvm::append_range(all.words, std::move(command.words));
  commands = {std::move(all)};
}

/// The word that sets a variable to something, "NAME=VALUE"; null without one.
static const Word *settingOf(StringRef name, llvm::ArrayRef<Word> words) {
  const Word *found = llvm::find_if(words, [&](const Word &word) {
    auto [variable, text] = StringRef(word.text).split('=');
    return variable == name && !text.empty();
  });
  return found == words.end() ? nullptr : found;
}

/// The variable that gives a server the layers of its stages, set by the script
/// or in front of the program: `docker run -e NAME=VALUE`.
void LaunchFileReader::readPartition(llvm::ArrayRef<Word> words) {
  StringRef name = shell::layerPartitions[recipe.framework == "sglang"];
  int64_t pp = recipe.integer("parallelism", "pp", 1);
  const Word *word = settingOf(name, words);
  if (!word || pp == 1)
    return;
  if (word->gap)
    return recipe.note(word->line,
                       quoted(name) + " is not read: " + word->gap->why);
  std::string error;
  std::optional<std::string> layout =
      layoutOfPartition(StringRef(word->text).split('=').second, pp, error);
  if (!layout)
    return errors.add(recipe.file, {word->line, 1}, quoted(name) + " " + error);
  recipe.set("parallelism", "layout", jsonText(*layout),
             name.str() + ", line " + std::to_string(word->line), word->line,
             errors);
}

/// The variable that names what exchanges tokens, where no flag does.
void LaunchFileReader::readExchange(llvm::ArrayRef<Word> words) {
  StringRef name = shell::exchangeBackend;
  const Word *word = settingOf(name, words);
  if (!word || recipe.find("workload", "dispatcher"))
    return;
  StringRef backend = StringRef(word->text).split('=').second;
  StringRef dispatcher = dispatcherOfVllm(backend);
  if (word->gap || dispatcher.empty())
    return recipe.note(
        word->line,
        quoted(name) + " is not read: " +
            (word->gap ? word->gap->why
                       : "no plan has the dispatcher " + quoted(backend)));
  recipe.set("workload", "dispatcher", jsonText(dispatcher),
             name.str() + ", line " + std::to_string(word->line), word->line,
             errors);
}

void LaunchFileReader::readProgram(const shell::Command &command,
                                   const LaunchProgram &program) {
  llvm::ArrayRef<Word> words = command.words;
  recipe.framework = program.framework;
  llvm::ArrayRef<Word> launcher = words.take_front(program.firstArgument);
  // Where the program is takes no part in what it is.
  if (!launcher.empty() && StringRef(launcher.back().text).ends_with(".py"))
    launcher = launcher.drop_back();
  readClusterOptions(launcher, recipe, errors);
  const FrameworkReader *reader =
      llvm::find_if(readers, [&](const FrameworkReader &known) {
        return known.framework == program.framework;
      });
  std::vector<Word> settings;
  words = words.drop_front(program.firstArgument);
  if (program.framework == "trtllm")
    words = settings = withWrittenSettings(words, files, recipe, errors);
  if (errors.empty())
    reader->read(words, recipe, errors);
  if (!errors.empty() ||
      (program.framework != "vllm" && program.framework != "sglang"))
    return;
  // What stands in front of the program is set later.
  readPartition(launcher);
  if (!recipe.find("parallelism", "layout"))
    readPartition(command.environment);
  if (program.framework == "vllm") {
    readExchange(launcher);
    readExchange(command.environment);
  }
}

/// Says which words of its commands might have been the program's.
void LaunchFileReader::reportNoProgram() {
  constexpr size_t mostNotes = 8;
  InputError error{recipe.file, {}, "", {}};
  error.message =
      "no command of " +
      (options.framework.empty()
           ? std::string("Megatron-LM, DeepSpeed, torchtitan, vLLM, SGLang or "
                         "TensorRT-LLM")
           : quoted(options.framework)) +
      " was found; what a script calls has to be given itself, and '--from' "
      "says whose flags a list of flags holds";
  llvm::StringSet<> said;
  auto add = [&](const shell::Command &command, const std::string &what) {
    if (error.notes.size() < mostNotes && said.insert(what).second)
      error.notes.push_back(
          {recipe.file, {command.words.front().line, 1}, what});
  };
  for (const shell::Command &command : commands)
    for (const Word &word : command.words)
      if (word.gap && looksLikeProgram(command.words))
        add(command, "not read in this command: " + word.gap->why);
      else if (!word.gap && isShellScript(word.text) &&
               command.words.front().text != "echo")
        add(command, quoted(word.text) + " is named here and not opened");
  errors.add(std::move(error));
}

bool LaunchFileReader::readCommands() {
  bool isRead = false;
  for (const shell::Command &command : commands) {
    llvm::ArrayRef<Word> words = command.words;
    std::optional<LaunchProgram> program = findProgram(words);
    // A list of flags is whose '--from' says.
    if (!program && !options.framework.empty() && commands.size() == 1)
      program = LaunchProgram{options.framework, argumentsOfScript(words)};
    if (!program)
      continue;
    if (!options.framework.empty())
      program->framework = options.framework;
    if (isRead) {
      recipe.note(words.front().line, "a further command of " +
                                          quoted(program->framework) +
                                          " is not read");
      continue;
    }
    isRead = true;
    readProgram(command, *program);
  }
  return isRead;
}

std::optional<Recipe> LaunchFileReader::readText(StringRef text) {
  StringRef extension = llvm::sys::path::extension(recipe.file);
  if (extension == ".yaml" || extension == ".yml") {
    readTensorRtSettings(text, recipe, errors);
    return errors.empty() ? std::optional(std::move(recipe)) : std::nullopt;
  }
  if (extension == ".args") {
    addFlagList(text);
  } else {
    readDirectives(shell::readDirectives(text), recipe, errors);
    addCommands(text);
    joinFlagLists();
  }
  if (errors.empty() && !readCommands() && !readWrittenScripts())
    reportNoProgram();
  return errors.empty() ? std::optional(std::move(recipe)) : std::nullopt;
}

std::optional<Recipe>
mlir::moe::readLaunchFile(StringRef text, StringRef file,
                          const LaunchFileOptions &options,
                          InputErrors &errors) {
  return LaunchFileReader(file, options, errors).readText(text);
}
