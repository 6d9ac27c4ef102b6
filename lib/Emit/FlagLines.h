//===- FlagLines.h - Lines of a file of flags -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is passed on is split at blanks by a shell and not quoted: names are
// literals, values numbers and words of closed vocabularies.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_FLAGLINES_H
#define MOE_LIB_EMIT_FLAGLINES_H

#include "FrameworkEnvironment.h"
#include "FrameworkJob.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::moe {

class FlagLines {
public:
  /// `--name`.
  void add(llvm::StringRef name) { lines.push_back(("--" + name).str()); }
  /// `--name value`.
  void add(llvm::StringRef name, const llvm::Twine &value) {
    lines.push_back(("--" + name + " " + value).str());
  }
  /// `--name value`; nothing for a figure that is absent.
  void add(llvm::StringRef name, std::optional<int64_t> value) {
    if (value)
      add(name, llvm::Twine(*value));
  }
  /// `--name word word`.
  void add(llvm::StringRef name, const std::vector<std::string> &words) {
    add(name, llvm::Twine(llvm::join(words, " ")));
  }
  /// `# text`.
  void comment(const llvm::Twine &text) {
    lines.push_back("# " + singleLine(text.str()));
  }
  /// `# not expressed: what`, what of the plan no flag says and why.
  void notExpressed(const llvm::Twine &what) {
    comment("not expressed: " + what);
  }
  /// That the framework runs the stages of a pipeline in another order than
  /// the plan, `why`.
  void otherSchedule(const JobView &view, const llvm::Twine &why) {
    notExpressed("schedule " + view.schedule + "; " + why);
  }
  /// `# In its environment: NAME=VALUE`, what no flag says.
  void environment(llvm::StringRef framework, const JobView &view) {
    for (const EnvironmentSetting &setting :
         frameworkEnvironment(framework, view))
      comment("In its environment: " + setting.variable + "=" + setting.value +
              "; " + llvm::StringRef(setting.reason).rtrim('.'));
  }
  FrameworkLines take() { return std::move(lines); }

private:
  FrameworkLines lines;
};

/// The dimensions of the model, as flags of Megatron-LM.
void addMegatronModel(const JobModel &model, FlagLines &lines);
/// Batches, formats and overlaps, as flags of Megatron-LM.
void addMegatronWorkload(const JobView &view, FlagLines &lines);
/// Whether these flags have Megatron-LM overlap the exchange of tokens: the
/// plan asks for it, and nothing of the job is in its way.
bool overlapsMegatronExchange(const JobView &view);

/// Dimensions, batches, lengths and formats, as flags of the others.
void addTorchTitanWorkload(const JobView &view, FlagLines &lines);
void addDeepSpeedModel(const JobModel &model, FlagLines &lines);
void addDeepSpeedWorkload(const JobView &view, FlagLines &lines);
/// Tokens that one pass of a replica processes: prompts, or the next token of
/// every request with the guesses behind it; 0 where the plan does not say.
int64_t tokensOfPass(const JobWorkload &workload);
void addVllmWorkload(const JobView &view, FlagLines &lines);
void addSglangWorkload(const JobView &view, FlagLines &lines);

/// Says of every setting that the workload states and that is none of
/// `expressed`, keys of the plan file, that the framework has no flag for it.
void excuseSettings(const JobWorkload &workload, llvm::StringRef framework,
                    llvm::ArrayRef<llvm::StringRef> expressed,
                    FlagLines &lines);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_FLAGLINES_H
