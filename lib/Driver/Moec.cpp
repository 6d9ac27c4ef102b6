//===- Moec.cpp - Table and dispatch of the commands ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One line per command: what it is called, what it is for, what runs it. The
// help and the suggestions come from the same table.
//
//===----------------------------------------------------------------------===//

#include "moe/Driver/Moec.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/PrettyStackTrace.h"
#include <unistd.h>

using namespace mlir::moe;

namespace {

struct Command {
  llvm::StringLiteral name;
  llvm::StringLiteral purpose;
  /// Null: the name is taken, the command comes with a later version.
  int (*run)(llvm::ArrayRef<llvm::StringRef> args, llvm::raw_ostream &out,
             llvm::raw_ostream &err);
};

constexpr int kBadUsage = 2;
constexpr int kInternalError = 3;

constexpr Command kCommands[] = {
    {"init", "write a complete plan for a model and a cluster", runInitCommand},
    {"import", "write the plan of a launch script or of a framework's flags",
     runImportCommand},
    {"check", "verify a plan and print the report", runCheckCommand},
    {"import-claims", "read the claims of a Markdown document into a plan",
     runImportClaimsCommand},
    {"build", "check a plan and compile it into a launch bundle",
     runBuildCommand},
    {"verify", "prove a launch bundle against its plan", runVerifyCommand},
    {"groups", "list the process groups a framework builds", runGroupsCommand},
    {"rules", "show the catalogue of rules", runRulesCommand},
    {"estimate", "memory, FLOPs, communication and time of a plan",
     runEstimateCommand},
    {"balance", "place experts by measured load", runBalanceCommand},
    {"calibrate", "fit the cost model to measured runs", runCalibrateCommand},
    {"explain", "formula and inputs of one number of a plan",
     runExplainCommand},
    {"search", "find better plans for a model and a cluster", nullptr},
};

} // namespace

static void printHelp(llvm::raw_ostream &os) {
  os << "Checks deployment plans of Mixture-of-Experts models and compiles "
        "them into\nlaunch bundles.\n\n"
        "usage: moec COMMAND [ARGUMENTS...]\n\n";
  for (const Command &command : kCommands)
    if (command.run)
      os << llvm::format("  %-14s", command.name.data()) << command.purpose
         << "\n";
  os << "\n`moec COMMAND --help` explains a command.\n"
        "Exit status: 0 no errors, 1 the plan has errors, 2 bad usage or "
        "unreadable\ninput, 3 internal error.\n\n"
        "example: moec groups --framework megatron --world 64 --tp 2 --pp 4 "
        "--ep 8\n";
}

/// Everything LLVM cannot recover from ends here instead of in a core dump.
static void reportInternalError(void *, const char *reason, bool) {
  llvm::errs() << "moec: internal error: " << reason << "\n";
  _exit(kInternalError);
}

static int dispatch(llvm::StringRef name,
                    llvm::ArrayRef<llvm::StringRef> args) {
  if (name == "--help" || name == "-h" || name == "help") {
    printHelp(llvm::outs());
    return 0;
  }
  if (name == "--version") {
    llvm::outs() << "moec " MOE_VERSION "\n";
    return 0;
  }
  const Command *command = llvm::find_if(
      kCommands, [&](const Command &known) { return known.name == name; });
  if (command == std::end(kCommands)) {
    auto names = llvm::map_to_vector(
        kCommands, [](const Command &c) -> llvm::StringRef { return c.name; });
    llvm::errs() << "moec: error: no command " << quoted(name)
                 << didYouMean(name, names) << "\n";
    return kBadUsage;
  }
  if (!command->run) {
    llvm::errs() << "moec: error: '" << name
                 << "' is not yet available in this version\n";
    return kBadUsage;
  }
  return command->run(args, llvm::outs(), llvm::errs());
}

int mlir::moe::runMoec(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::setBugReportMsg("moec: internal error: please report it with the input "
                        "and the following\n");
  llvm::install_fatal_error_handler(reportInternalError);
  llvm::install_bad_alloc_error_handler(reportInternalError);
  if (argc < 2) {
    printHelp(llvm::errs());
    return kBadUsage;
  }
  llvm::SmallVector<llvm::StringRef> args(argv + 2, argv + argc);
  int status = dispatch(argv[1], args);
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    llvm::errs() << "moec: error: cannot write to standard output: "
                 << error.message() << "\n";
    return kBadUsage;
  }
  return status;
}
