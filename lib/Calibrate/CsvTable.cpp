//===- CsvTable.cpp - Comma-separated values ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CsvTable.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Takes a text apart, character by character.
class CsvReader {
public:
  CsvReader(StringRef text, StringRef file, InputErrors &errors)
      : rest(text), file(file), errors(errors) {}

  bool isAtEnd() const { return rest.empty(); }
  /// One line of fields; false after an error.
  bool readRow(CsvTable::Row &row);
  unsigned currentLine() const { return line; }
  bool fail(unsigned where, const llvm::Twine &message) {
    errors.add(file, {where, 1}, message.str());
    return false;
  }

private:
  bool readQuoted(std::string &field);
  bool consumeLineEnd();

  StringRef rest, file;
  InputErrors &errors;
  unsigned line = 1;
};
} // namespace

bool CsvReader::consumeLineEnd() {
  rest.consume_front("\r");
  if (!rest.consume_front("\n"))
    return rest.empty();
  ++line;
  return true;
}

bool CsvReader::readQuoted(std::string &field) {
  unsigned opened = line;
  while (!rest.empty()) {
    size_t quote = rest.find('"');
    StringRef part = rest.substr(0, quote);
    field += part;
    line += static_cast<unsigned>(part.count('\n'));
    rest = rest.substr(quote == StringRef::npos ? rest.size() : quote + 1);
    if (quote == StringRef::npos)
      break;
    if (!rest.consume_front("\""))
      return true;
    field += '"';
  }
  return fail(opened, "the quote of this field is never closed");
}

bool CsvReader::readRow(CsvTable::Row &row) {
  row.line = line;
  row.fields.clear();
  while (true) {
    if (row.fields.size() >= CsvTable::maxColumns)
      return fail(row.line,
                  "more than " + counted(CsvTable::maxColumns, "column"));
    std::string field;
    if (rest.consume_front("\"")) {
      if (!readQuoted(field))
        return false;
    } else {
      StringRef part = rest.substr(0, rest.find_first_of(",\r\n"));
      field = part.str();
      rest = rest.substr(part.size());
    }
    row.fields.push_back(std::move(field));
    if (rest.consume_front(","))
      continue;
    if (consumeLineEnd())
      return true;
    return fail(line, "expected a comma or the end of the line behind field " +
                          llvm::Twine(row.fields.size()));
  }
}

static bool hasDistinctColumns(const CsvTable &table, CsvReader &reader) {
  llvm::StringSet<> seen;
  for (const std::string &column : table.heading)
    if (!seen.insert(column).second)
      return reader.fail(1, "two columns are named " + quoted(column));
  return true;
}

std::optional<CsvTable> CsvTable::parse(StringRef text, StringRef file,
                                        InputErrors &errors) {
  CsvReader reader(text, file, errors);
  CsvTable table;
  Row row;
  while (!reader.isAtEnd()) {
    if (!reader.readRow(row))
      return std::nullopt;
    if (row.fields.size() == 1 && row.fields.front().empty())
      continue;
    if (table.heading.empty()) {
      table.heading = std::move(row.fields);
      if (!hasDistinctColumns(table, reader))
        return std::nullopt;
      continue;
    }
    if (row.fields.size() != table.heading.size()) {
      reader.fail(row.line,
                  counted(static_cast<int64_t>(row.fields.size()), "field") +
                      " where the heading has " +
                      llvm::Twine(table.heading.size()));
      return std::nullopt;
    }
    if (table.rows.size() >= maxRows) {
      reader.fail(row.line, "more than " + counted(maxRows, "row"));
      return std::nullopt;
    }
    table.rows.push_back(std::move(row));
  }
  if (!table.heading.empty())
    return table;
  reader.fail(1, "expected a heading with the names of columns, found nothing");
  return std::nullopt;
}
