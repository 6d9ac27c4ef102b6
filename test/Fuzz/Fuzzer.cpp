//===- Fuzzer.cpp - Changed texts, kept when they reach new code ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   fuzzer TARGET SECONDS SEED FILE...
//
// Feeds a target with changed copies of the files. The compiler calls a hook at
// every branch (-fsanitize-coverage=trace-pc, which gcc and clang both have); a
// text that reaches a branch for the first time joins the files. The sanitizers
// end the program at the first fault; the text is then in fuzz-crash.txt. The
// same seed gives the same texts, as far as the time goes.
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

using namespace mlir::moe;
using llvm::StringRef;

extern "C" void __sanitizer_set_death_callback(void (*callback)());

/// LLVM's allocators mark what they have not handed out yet, in code with
/// sanitizers only: the libraries of LLVM and MLIR, which are built without,
/// would write to marked memory.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0";
}

//===----------------------------------------------------------------------===//
// Coverage
//===----------------------------------------------------------------------===//

/// One flag for each branch, by the low bits of its address.
static constexpr size_t coverageSize = size_t(1) << 20;
static uint8_t covered[coverageSize];
static size_t numCovered = 0;

/// Called at every branch of what is fuzzed.
extern "C" void __sanitizer_cov_trace_pc() {
  auto address = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  uint8_t &flag = covered[(address >> 1) % coverageSize];
  numCovered += flag == 0;
  flag = 1;
}

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

/// What the target reads now.
static const std::string *current = nullptr;

static void saveCurrent() {
  if (!current)
    return;
  std::error_code error;
  llvm::raw_fd_ostream file("fuzz-crash.txt", error);
  file << *current;
  llvm::errs() << "the text is in fuzz-crash.txt\n";
}

static void stopLongRun(int) {
  llvm::errs() << "a text takes longer than 20 s\n";
  saveCurrent();
  _exit(1);
}

void mlir::moe::require(bool holds, StringRef what) {
  if (holds)
    return;
  llvm::errs() << "this must hold: " << what << "\n";
  saveCurrent();
  _exit(1);
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

namespace {
/// Texts that reached something new, and changed copies of them.
class Corpus {
public:
  Corpus(unsigned seed, llvm::ArrayRef<StringRef> words)
      : dice(seed), words(words) {}
  void add(std::string text) { texts.push_back(std::move(text)); }
  std::string next();
  size_t size() const { return texts.size(); }
  const std::string &operator[](size_t index) const { return texts[index]; }

private:
  size_t below(size_t limit) { return limit ? dice() % limit : 0; }
  void change(std::string &text);
  std::string piece();

  std::mt19937_64 dice;
  llvm::ArrayRef<StringRef> words;
  std::vector<std::string> texts;
};
} // namespace

/// A word, a number or a byte.
std::string Corpus::piece() {
  static constexpr StringRef numbers[] = {
      "0",   "-1",  "9223372036854775807", "9223372036854775808",
      "1e9", "0.1", "99999999999999999",   "18446744073709551616"};
  switch (below(4)) {
  case 0:
    return numbers[below(std::size(numbers))].str();
  case 1:
    return std::string(1, static_cast<char>(dice()));
  default:
    return words.empty() ? "" : words[below(words.size())].str();
  }
}

void Corpus::change(std::string &text) {
  size_t at = below(text.size() + 1);
  size_t length = 1 + below(below(8) ? 8 : 200);
  switch (below(6)) {
  case 0:
    if (!text.empty())
      text[below(text.size())] ^= static_cast<char>(1 << below(8));
    return;
  case 1:
    text.erase(at, length);
    return;
  case 2:
    text.insert(at, piece());
    return;
  case 3:
    text.replace(at, std::min(length, text.size() - at), piece());
    return;
  case 4: // a piece of this text, once more
    text.insert(below(text.size() + 1), text.substr(at, length));
    return;
  default: // a piece of another text
    const std::string &other = texts[below(texts.size())];
    text.insert(at, other.substr(below(other.size() + 1), length));
  }
}

std::string Corpus::next() {
  constexpr size_t most = 20000;
  std::string text = texts[below(texts.size())];
  for (size_t changes = 1 + below(4); changes > 0; --changes)
    change(text);
  if (text.size() > most)
    text.resize(most);
  return text;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static void runOn(const FuzzTarget &target, const std::string &text) {
  constexpr unsigned limitSeconds = 20;
  current = &text;
  alarm(limitSeconds);
  target.run(text);
  alarm(0);
  current = nullptr;
}

static int fuzz(const FuzzTarget &target, unsigned seconds, unsigned seed,
                llvm::ArrayRef<const char *> files) {
  Corpus corpus(seed, target.words);
  corpus.add("");
  for (const char *name : files) {
    auto buffer = llvm::MemoryBuffer::getFile(name);
    if (!buffer) {
      llvm::errs() << name << ": " << buffer.getError().message() << "\n";
      return 2;
    }
    corpus.add((*buffer)->getBuffer().str());
  }
  for (size_t i = 0; i < corpus.size(); ++i)
    runOn(target, corpus[i]);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  uint64_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; ++runs) {
    std::string text = corpus.next();
    size_t before = numCovered;
    runOn(target, text);
    if (numCovered > before)
      corpus.add(std::move(text));
  }
  llvm::outs() << target.name << ": " << runs << " texts, " << numCovered
               << " branches, " << corpus.size() << " texts kept, no fault\n";
  return 0;
}

int main(int argc, char **argv) {
  unsigned seconds = 0, seed = 0;
  const FuzzTarget *target =
      argc < 4
          ? nullptr
          : llvm::find_if(
                fuzzTargets(),
                [&](const FuzzTarget &each) { return each.name == argv[1]; });
  if (!target || target == fuzzTargets().end() ||
      StringRef(argv[2]).getAsInteger(10, seconds) ||
      StringRef(argv[3]).getAsInteger(10, seed)) {
    llvm::errs() << "usage: " << argv[0] << " TARGET SECONDS SEED FILE...\n"
                 << "targets:";
    for (const FuzzTarget &each : fuzzTargets())
      llvm::errs() << " " << each.name;
    llvm::errs() << "\n";
    return 2;
  }
  __sanitizer_set_death_callback(saveCurrent);
  std::signal(SIGALRM, stopLongRun);
  return fuzz(*target, seconds, seed, llvm::ArrayRef(argv + 4, argv + argc));
}
