//===- ImportClaims.cpp - Claims of a plan document -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Prose/ImportClaims.h"

#include "AxisWords.h"
#include "CountGuesses.h"
#include "DecimalMarks.h"
#include "Markdown.h"
#include "Readers.h"
#include "WorkloadMode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// Takes the lines of a document in turn.
class DocumentReader {
public:
  explicit DocumentReader(const ImportOptions &options)
      : options(options), sink(options, document) {}
  ImportedDocument read(StringRef markdown);

private:
  void enter(const ProseLine &title);
  void enterPhase(const ProseLine &title, StringRef phase);
  Statement statementOf(StringRef text, const ProseLine &line,
                        bool previous) const;
  void readLine(const ProseLine &line);
  void readRows(ArrayRef<ProseLine> table);
  void readSentence(Statement &statement, LineKind kind);
  void remember(const Statement &statement);
  void keepLeft(const Statement &statement, LineKind kind, StringRef raw);
  bool isLeftDegree(const Statement &statement, size_t token) const;
  void listLeft();
  void addUnread(unsigned line, StringRef text, StringRef numbers);

  const ImportOptions &options;
  ImportedDocument document;
  ClaimSink sink;
  SectionNotes section;
  /// The lines before the one that is read.
  ArrayRef<ProseLine> above;
  WorkloadMode workload;
  unsigned phaseDepth = 0; ///< of the title that named a phase of serving
  /// A number of which nothing was made; without text: all of the line.
  struct LeftNumber {
    unsigned line = 0;
    std::string raw, text;
    StringRef key; ///< of the figure that it may repeat
    std::string digits;
  };
  std::vector<LeftNumber> left;
  CountGuesses guesses;
};
} // namespace

/// Longest line that is looked at.
static constexpr size_t maxLineLength = 20000;

/// Quotations show where something stands; they are no copy of the document.
static std::string quoteOf(StringRef raw) {
  constexpr size_t most = 200;
  size_t end = std::min(most, raw.size());
  while (end > 0 && end < raw.size() && (raw[end] & 0xc0) == 0x80)
    --end;
  std::string quote = raw.take_front(end).str();
  for (char &c : quote)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  return end < raw.size() ? quote + "..." : quote;
}

/// What stands below a title of a phase is about it, subsections and all; below
/// a label up to the next one.
void DocumentReader::enterPhase(const ProseLine &title, StringRef phase) {
  constexpr unsigned label = 100;
  unsigned depth = title.kind == LineKind::Heading ? title.depth : label;
  if (phase.empty() && depth > phaseDepth)
    return;
  phaseDepth = phase.empty() ? 0 : depth;
  sink.enterPhase(phase);
}

/// A title is about the plan before, or about what is to be done.
void DocumentReader::enter(const ProseLine &title) {
  Statement words(title.text, title.number, "");
  size_t end = words.tokens.size();
  bool both =
      words.hasAnyWord({"feedback", "fixed", "addressed", "comparison", "vs",
                        "versus", "corrected", "correction", "new",
                        "improvement", "improved", "over", "resolved"});
  bool heading = title.kind == LineKind::Heading;
  SectionNotes next;
  next.previous = titlesPrevious(words) && !both;
  next.ofHardware =
      words.hasAnyWord({"hardware", "cluster", "environment", "machine",
                        "infrastructure", "platform", "resource"}) &&
      !words.hasAnyWord({"utilization", "usage", "use", "analysis"});
  for (size_t i = 0; i + 1 < end; ++i)
    next.ofEachGpu |=
        (words.tokens[i].is("per") || words.tokens[i].is("each")) &&
        (words.tokens[i + 1].is("gpu") || words.tokens[i + 1].is("device"));
  next.axis = onlyAxisOf(words);
  enterPhase(title, phaseIn(words));
  next.advice = words.hasAnyWord({"recommendation", "recommended", "monitoring",
                                  "modification", "future", "risk", "next"});
  if (!heading) {
    // A label divides a section, whose notes go on.
    section.previous = next.previous;
    section.advice |= next.advice;
    bool title = llvm::none_of(
        words.tokens, [](const Token &token) { return token.isNumber(); });
    section.ofEachGpu |= title && next.ofEachGpu;
    section.ofHardware |= title && next.ofHardware;
    if (!next.axis.empty())
      section.axis = next.axis;
    return;
  }
  section = std::move(next);
}

/// One sentence of a line; `previous`: the words before it are about the plan
/// before.
Statement DocumentReader::statementOf(StringRef text, const ProseLine &line,
                                      bool previous) const {
  Statement statement(text, line.number, quoteOf(line.raw));
  bool ofThis = statement.hasWordIn({"new", "current", "corrected", "proposed",
                                     "now", "implementation", "solution"},
                                    0, statement.keyEnd);
  bool problem = statement.hasWordIn({"problem"}, 0, statement.keyEnd);
  statement.previous =
      problem ||
      (!ofThis && (previous || saysPrevious(statement, 0, statement.keyEnd)));
  statement.ofEachGpu = section.ofEachGpu;
  statement.ofHardware = section.ofHardware;
  // What the rest of the line recommends, its readers see.
  size_t opening = std::max<size_t>(statement.keyEnd, 3);
  statement.advice =
      section.advice || saysAdvice(statement, 0, opening) ||
      saysHypothesis(statement) ||
      (statement.keyEnd == 1 && statement.tokens[0].is("expected"));
  return statement;
}

/// What later lines of the section may refer to.
void DocumentReader::remember(const Statement &statement) {
  constexpr size_t most = 16;
  std::vector<Amount> &amounts =
      statement.previous ? section.before : section.after;
  for (const Token &token : statement.tokens)
    if (token.isNumber() && amounts.size() < most && token.amount.unit != "x" &&
        !token.amount.unit.empty())
      amounts.push_back(token.amount);
  auto lists = statement.numberLists();
  if (lists.empty())
    return;
  (statement.previous ? section.listBefore : section.listAfter) =
      lists.front().digits;
}

void DocumentReader::addUnread(unsigned line, StringRef text,
                               StringRef numbers) {
  if (document.unread.size() >= ImportedDocument::maxUnread) {
    ++document.unreadDropped;
    return;
  }
  document.unread.push_back({line, quoteOf(text), numbers.str()});
}

/// "4." and "4.2" before a heading or an item.
static bool isSectionNumber(const Statement &statement, size_t token,
                            LineKind kind) {
  const auto &tokens = statement.tokens;
  if (token > 0 || tokens.size() < 2 || !tokens[0].amount.unit.empty())
    return false;
  bool marked = tokens[1].is(".") || tokens[1].is(")");
  return marked ||
         (kind == LineKind::Heading && StringRef(tokens[0].text).contains('.'));
}

/// "EP96" where the plan has another degree, or none.
bool DocumentReader::isLeftDegree(const Statement &statement,
                                  size_t token) const {
  const Token &word = statement.tokens[token];
  if (!word.isWord() || statement.used[token])
    return false;
  std::optional<AxisDegree> degree = axisDegreeIn(word.text);
  return degree && degree->axis != "edp" && !degree->digits.empty() &&
         sink.figureOf(("parallelism." + degree->axis).str()) != degree->digits;
}

/// The numbers of which nothing was made. Those that are names of things, "GPU
/// 0" and "phase 2", assert nothing.
void DocumentReader::keepLeft(const Statement &statement, LineKind kind,
                              StringRef raw) {
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    const Token &token = statement.tokens[i];
    if ((!statement.isLeft(i) || isSectionNumber(statement, i, kind)) &&
        !isLeftDegree(statement, i))
      continue;
    PhraseMatch match = matchAt(statement.tokens, i + 1, FigureKind::Count);
    bool counts = token.isNumber() && token.amount.unit.empty() &&
                  !token.amount.power && match;
    bool word = token.isWord() && llvm::isAlpha(token.text.front());
    left.push_back({statement.line, raw.str(),
                    word ? StringRef(token.text).upper() : token.text,
                    counts ? match.phrase->key : StringRef(),
                    token.amount.digits});
  }
}

/// Numbers that were left over, a line each; "all 64 experts" repeats a figure
/// of the plan.
void DocumentReader::listLeft() {
  llvm::stable_sort(left, [](const LeftNumber &a, const LeftNumber &b) {
    return a.line < b.line;
  });
  for (size_t i = 0; i < left.size();) {
    std::string numbers;
    size_t begin = i;
    for (; i < left.size() && left[i].line == left[begin].line; ++i)
      if (left[i].key.empty() || sink.figureOf(left[i].key) != left[i].digits)
        numbers += (numbers.empty() ? "" : ", ") + left[i].text;
    if (!numbers.empty() || left[begin].text.empty())
      addUnread(left[begin].line, left[begin].raw, numbers);
  }
}

void DocumentReader::readLine(const ProseLine &line) {
  if (line.text.size() > maxLineLength) {
    left.push_back({line.number, line.raw, "", "", ""});
    return;
  }
  if (line.kind == LineKind::Heading || StringRef(line.text).ends_with(":"))
    enter(line);
  bool previous = section.previous;
  for (StringRef sentence : sentencesOf(line.text)) {
    Statement statement = statementOf(sentence, line, previous);
    readListTotal(above, line, statement, sink);
    readSentence(statement, line.kind);
    workload.note(statement, line.kind == LineKind::Heading ? line.depth : 0);
    keepLeft(statement, line.kind, line.raw);
    previous = statement.previous;
  }
}

void DocumentReader::readSentence(Statement &statement, LineKind kind) {
  readNamedProducts(statement, sink);
  readEquations(statement, sink);
  readLists(statement, sink);
  readParentheses(statement, sink);
  readChanges(statement, section, sink);
  readStructure(statement, sink);
  readCollectives(statement, section, sink);
  readModules(statement, sink);
  if (kind == LineKind::Heading)
    readTitle(statement, sink);
  else
    readMetrics(statement, sink);
  readDegrees(statement, sink);
  readGpu(statement, options.gpuNames, sink);
  guesses.note(statement, sink);
  remember(statement);
}

/// A table; its cells also name GPUs and collectives: "| EP | all-reduce |".
void DocumentReader::readRows(ArrayRef<ProseLine> table) {
  for (const UnreadRow &row : readTable(table, section, sink))
    left.push_back({row.line->number, row.line->raw, row.numbers, "", ""});
  for (const ProseLine &row : table) {
    Statement words(row.raw, row.number, row.raw);
    readGpu(words, options.gpuNames, sink);
    workload.note(words, /*depth=*/0);
    for (const std::string &cell : ArrayRef(row.cells).drop_front()) {
      Statement pair(row.cells.front() + ": " + cell, row.number, row.raw);
      pair.previous = section.previous;
      pair.advice = section.advice;
      if (!row.isHeader)
        readCollectives(pair, section, sink);
    }
  }
}

ImportedDocument DocumentReader::read(StringRef markdown) {
  std::vector<ProseLine> lines = readMarkdown(markdown);
  settleDecimals(lines);
  for (ProseLine &line : lines) {
    sink.noteNames(line.raw);
    line.raw = quoteOf(line.raw);
  }
  for (size_t i = 0; i < lines.size();) {
    if (lines[i].kind != LineKind::Row) {
      above = ArrayRef(lines).take_front(i);
      readLine(lines[i++]);
      continue;
    }
    size_t end = i + 1;
    while (end < lines.size() && lines[end].kind == LineKind::Row &&
           !lines[end].isHeader)
      ++end;
    readRows(ArrayRef(lines).slice(i, end - i));
    i = end;
  }
  guesses.take(sink);
  if (const auto &redundant = guesses.leftOver())
    left.push_back({redundant->statement.line, redundant->statement.quote,
                    llvm::itostr(redundant->number), "", ""});
  if (auto origin = workload.mode())
    sink.figure("workload.mode", "\"" + origin->mode.str() + "\"",
                Statement("", origin->line, origin->quote));
  sink.finish();
  for (const auto &[statement, number] : sink.leftGroups())
    left.push_back({statement.line, statement.quote,
                    statement.tokens[number].text, "",
                    statement.tokens[number].amount.digits});
  for (const ScopedValue &value : sink.otherValues())
    left.push_back({value.line, value.quote,
                    value.text + " (" + value.scope + ")", "", ""});
  listLeft();
  return std::move(document);
}

ImportedDocument mlir::moe::importClaims(StringRef markdown,
                                         const ImportOptions &options) {
  return DocumentReader(options).read(markdown);
}
