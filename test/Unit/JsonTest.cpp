//===- JsonTest.cpp - JSON documents and typed access ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/JSON.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <sys/stat.h>

using namespace mlir::moe;
using namespace mlir::moe::json;
using llvm::StringRef;

namespace {

std::string render(const InputErrors &errors) {
  std::string text;
  for (const InputError &error : errors.list())
    text += error.str();
  return text;
}

/// The errors of parsing `text`, which must have some.
std::string parseErrors(StringRef text) {
  InputErrors errors;
  EXPECT_FALSE(Document::parse(text, "p.json", errors)) << text.str();
  EXPECT_FALSE(errors.empty()) << text.str();
  return render(errors);
}

Document parseGood(StringRef text) {
  InputErrors errors;
  std::optional<Document> document = Document::parse(text, "p.json", errors);
  EXPECT_TRUE(document) << render(errors);
  return document ? std::move(*document)
                  : std::move(*Document::parse("{}", "p.json", errors));
}

std::string written(const Value &value) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream os(stream);
  value.write(os);
  return text;
}

TEST(JsonDocument, ValuesAndPositions) {
  Document document =
      parseGood("// head\n"
                "{ \"a\": 1, /* x\n y */ \"größe\": [1.50, \"ü\\n\"],\n"
                "\t\"b\" : { \"c\": null, \"d\":true } }  // tail");
  const Value &root = document.root();
  EXPECT_EQ(root.position(), (Position{2, 1}));
  ASSERT_EQ(root.members().size(), 3u);
  EXPECT_EQ(root.find("a")->value.integer(), 1);
  EXPECT_EQ(root.find("a")->keyPosition, (Position{2, 3}));
  EXPECT_EQ(root.find("a")->value.position(), (Position{2, 8}));
  const Member *size = root.find("größe");
  ASSERT_TRUE(size);
  EXPECT_EQ(size->keyPosition, (Position{3, 7}));
  // Columns count code points: "größe" is seven with its quotes.
  EXPECT_EQ(size->value.position(), (Position{3, 16}));
  EXPECT_EQ(size->value.elements()[0].text(), "1.50");
  EXPECT_EQ(size->value.elements()[1].text(), "ü\n");
  EXPECT_EQ(size->value.elements()[1].position(), (Position{3, 23}));
  const Value &inner = root.find("b")->value;
  EXPECT_EQ(inner.position(), (Position{4, 8}));
  EXPECT_TRUE(inner.find("c")->value.is(Kind::Null));
  EXPECT_TRUE(inner.find("d")->value.boolean());
  EXPECT_EQ(inner.find("d")->value.position(), (Position{4, 25}));
  EXPECT_EQ(root.find("missing"), nullptr);
  EXPECT_EQ(written(root),
            R"({"a":1,"größe":[1.50,"ü\n"],"b":{"c":null,"d":true}})");
}

TEST(JsonDocument, NumbersKeepTheirText) {
  Document document = parseGood(
      "[-9223372036854775808, 9223372036854775807, 1e-06, 1000000.0, -0.50]");
  EXPECT_EQ(written(document.root()),
            "[-9223372036854775808,9223372036854775807,1e-06,1000000.0,-0.50]");
  EXPECT_EQ(document.root().elements()[0].integer(), INT64_MIN);
  EXPECT_EQ(document.root().elements()[1].integer(), INT64_MAX);
}

TEST(JsonDocument, SyntaxErrors) {
  EXPECT_EQ(parseErrors("{\"a\": 1,}"),
            "p.json:1:9: error: found a comma before the closing '}', expected "
            "none\n");
  EXPECT_EQ(
      parseErrors("{\n  \"a\": [1, 2"),
      "p.json:2:13: error: expected ',' or ']', found the end of the file\n"
      "p.json:2:8: note: the array that starts here is not closed\n");
  EXPECT_EQ(parseErrors("{\"a\" 1}"),
            "p.json:1:6: error: expected ':', found a number\n");
  EXPECT_EQ(parseErrors("{\"a\": 1 \"b\": 2}"),
            "p.json:1:9: error: expected ',' or '}', found a string\n");
  EXPECT_EQ(
      parseErrors("{a: 1}"),
      "p.json:1:2: error: found 'a', expected a value: an object, an array, "
      "a string in double quotes, a number, true, false or null\n");
  EXPECT_EQ(
      parseErrors("{1: 1}"),
      "p.json:1:2: error: expected a key in double quotes, found a number\n");
  EXPECT_EQ(
      parseErrors("{\"a\": None}"),
      "p.json:1:7: error: found 'None', expected a value: an object, an "
      "array, a string in double quotes, a number, true, false or null\n");
  EXPECT_EQ(parseErrors("{\"a\":,}"),
            "p.json:1:6: error: expected a value, found ','\n");
  EXPECT_EQ(parseErrors("{} []"),
            "p.json:1:4: error: expected the end of the file, found '['\n");
  EXPECT_EQ(
      parseErrors("{\"a\": \"x"),
      "p.json:1:7: error: the string that starts here has no closing quote\n"
      "");
  EXPECT_EQ(
      parseErrors("{} /* x"),
      "p.json:1:4: error: the comment that starts here has no closing '*/'\n");
  EXPECT_EQ(
      parseErrors("{\"a\": \"x\ny\"}"),
      "p.json:1:9: error: in a string: control character U+000A (LF) must be "
      "escaped to \\u000A or \\n\n");
  EXPECT_EQ(
      parseErrors("{\"a\": -}"),
      "p.json:1:7: error: expected a digit after '-' in the number '-'\n");
  EXPECT_EQ(parseErrors("[1e999]"),
            "p.json:1:2: error: the number '1e999' is too large\n");
}

TEST(JsonDocument, TextErrors) {
  for (StringRef empty : {"", " \n\t", "\xef\xbb\xbf"})
    EXPECT_EQ(parseErrors(empty),
              "p.json:1:1: error: the file is empty, expected a JSON object\n");
  EXPECT_EQ(parseErrors("{\"ü\": \"\xff\"}"),
            "p.json:1:8: error: expected UTF-8, found the byte '\\xff'\n");
  EXPECT_EQ(parseErrors("{} // \xc3"),
            "p.json:1:7: error: expected UTF-8, found the byte '\\xc3'\n");
  EXPECT_EQ(parseErrors(StringRef("{}\0{}", 5)),
            "p.json:1:3: error: found a NUL character\n");
  EXPECT_EQ(
      parseErrors(StringRef("\xff\xfe{\0", 4)),
      "p.json:1:1: error: the file is encoded as UTF-16, expected UTF-8\n");
  EXPECT_EQ(parseGood("\xef\xbb\xbf{\"a\":1}").root().find("a")->keyPosition,
            (Position{1, 2}));
}

TEST(JsonDocument, DuplicateKeysAndLargeIntegersAreAllReported) {
  EXPECT_EQ(
      parseErrors("{\"tp\": 1,\n \"x y\": [{\"n\": 9223372036854775808}],\n"
                  " \"tp\": 99999999999999999999999999}"),
      "p.json:2:16: error: the integer '9223372036854775808' for $[\"x "
      "y\"][0].n "
      "does not fit into 64 bits\n"
      "p.json:3:2: error: duplicate key 'tp'\n"
      "p.json:1:2: note: first given here\n"
      "p.json:3:8: error: the integer '99999999999999999999999999' for $.tp "
      "does "
      "not fit into 64 bits\n");
}

TEST(JsonDocument, NestingIsLimited) {
  std::string deep(maxDepth, '[');
  parseGood(deep + std::string(maxDepth, ']'));
  EXPECT_EQ(
      parseErrors(deep + "["),
      "p.json:1:65: error: objects and arrays are nested more than 64 deep\n");
  EXPECT_EQ(
      parseErrors(std::string(10'000'000, '[')),
      "p.json:1:65: error: objects and arrays are nested more than 64 deep\n");
}

TEST(JsonDocument, SizesAreLimited) {
  EXPECT_EQ(parseErrors(std::string(maxFileBytes + 1, ' ')),
            "p.json: error: the file has 67108865 bytes, expected at most "
            "67108864\n");
  std::string many = "[";
  for (size_t i = 0; i < maxValues; ++i)
    many += "0,";
  EXPECT_EQ(
      parseErrors(many + "0]"),
      "p.json:1:16777218: error: found more than 8388608 values, which is "
      "too many\n");
}

TEST(JsonDocument, MembersOfAnObjectAreLimited) {
  std::string many = "{";
  for (size_t i = 0; i <= maxMembers; ++i)
    many += "\"" + std::to_string(i) + "\":0,\n";
  EXPECT_EQ(parseErrors(many),
            "p.json:1048577:1: error: found more than 1048576 members in one "
            "object, which is too many\n");
}

TEST(JsonDocument, FilesThatAreNone) {
  llvm::SmallString<128> directory;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("moe-json", directory));
  auto errorsOf = [](const std::string &path) {
    InputErrors errors;
    EXPECT_FALSE(Document::readFile(path, errors));
    return render(errors);
  };
  std::string name = directory.str().str();
  EXPECT_EQ(errorsOf(name), name + ": error: cannot read '" + name +
                                "': it is a directory, expected a JSON file\n");
  std::string pipe = name + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(errorsOf(pipe),
            pipe + ": error: cannot read '" + pipe +
                "': it is no regular file, expected a JSON file\n");
  std::string missing = name + "/none.json";
  EXPECT_EQ(errorsOf(missing), missing + ": error: cannot read '" + missing +
                                   "': no such file or directory\n");
  EXPECT_EQ(errorsOf("/dev/zero"),
            "/dev/zero: error: cannot read '/dev/zero': it is no regular file, "
            "expected a JSON file\n");
  llvm::sys::fs::remove_directories(directory);
}

TEST(JsonDocument, ErrorsAreLimited) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i)
    text += "\"a\": 1, ";
  InputErrors errors;
  EXPECT_FALSE(Document::parse(text + "\"b\": 1}", "p.json", errors));
  EXPECT_EQ(errors.list().size(), InputErrors::maxErrors);
  EXPECT_EQ(errors.numDropped(), 999 - InputErrors::maxErrors);
}

/// A reader of `$` over a document that lives as long.
struct Reading {
  explicit Reading(StringRef text)
      : document(parseGood(text)),
        reader(document.root(), "$", document.file(), errors) {}
  Document document;
  InputErrors errors;
  ObjectReader reader;
};

TEST(JsonObjectReader, ReadsTypedMembers) {
  Reading in(R"({"i": 7, "s": "x", "b": false, "e": "two", "q": "80 GB",
                 "n": 1.05, "c": "<= 1.05", "o": {"k": [1, 2]}, "w": ["u"],
                 "l": [{"m": 3}]})");
  ObjectReader &r = in.reader;
  EXPECT_EQ(r.integer("i", 1, 7), 7);
  EXPECT_EQ(r.string("s"), StringRef("x"));
  EXPECT_EQ(r.boolean("b"), false);
  EXPECT_EQ(r.enumeration("e", {"one", "two"}), 1u);
  EXPECT_EQ(r.quantity("q", Dimension::Bytes)->wholeSI(), 80'000'000'000);
  EXPECT_EQ(r.quantity("n", Dimension::Count)->str(), "1.05");
  EXPECT_EQ(r.quantity("i", Dimension::Count)->str(), "7");
  EXPECT_EQ(r.bound("c", Dimension::Count)->str(), "<= 1.05");
  std::optional<ObjectReader> inner = r.objectAt("o");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->path(), "$.o");
  EXPECT_EQ(inner->integers("k"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(r.strings("w"), std::vector<std::string>{"u"});
  std::optional<std::vector<ObjectReader>> items = r.objects("l");
  ASSERT_TRUE(items && items->size() == 1);
  EXPECT_EQ((*items)[0].integer("m"), 3);
  EXPECT_EQ(r.integer("absent"), std::nullopt);
  EXPECT_TRUE(r.require("i"));
  r.rejectUnknown();
  EXPECT_EQ(render(in.errors), "");
}

TEST(JsonObjectReader, WrongTypes) {
  Reading in(R"({"tp": "two", "pp": 0, "b": 1, "e": "tow", "q": "80 gb",
"r": "2 ms", "c": "5 %", "o": [], "k": [1, "x", -1], "g": 1.5})");
  ObjectReader &r = in.reader;
  EXPECT_FALSE(r.integer("tp"));
  EXPECT_FALSE(r.integer("pp", 1));
  EXPECT_FALSE(r.boolean("b"));
  EXPECT_FALSE(r.enumeration("e", {"one", "two"}));
  EXPECT_FALSE(r.quantity("q", Dimension::Bytes));
  EXPECT_FALSE(r.quantity("r", Dimension::Bytes));
  EXPECT_FALSE(r.bound("c", Dimension::Ratio));
  EXPECT_FALSE(r.objectAt("o"));
  EXPECT_FALSE(r.integers("k", 0, 9));
  EXPECT_FALSE(r.integer("g"));
  EXPECT_FALSE(r.require("x"));
  EXPECT_EQ(
      render(in.errors),
      "p.json:1:8: error: expected an integer for $.tp, found the string "
      "\"two\"\n"
      "p.json:1:21: error: expected an integer of at least 1 for $.pp, found "
      "the "
      "number 0\n"
      "p.json:1:29: error: expected true or false for $.b, found the number 1\n"
      "p.json:1:37: error: expected 'one' or 'two' for $.e, found the string "
      "\"tow\", did you mean 'two'?\n"
      "p.json:1:49: error: in $.q: unknown unit 'gb' in \"80 gb\", did you "
      "mean 'GB'?\n"

      "p.json:2:6: error: expected a size such as \"80 GB\" for $.r, found the "
      "string \"2 ms\"\n"
      "p.json:2:19: error: in $.c: expected a condition such as \"<= 1.05\" or "
      "\"60 % .. "
      "95 %\", found \"5 %\"\n"
      "p.json:2:31: error: expected an object for $.o, found an array\n"
      "p.json:2:44: error: expected an integer for $.k[1], found the string "
      "\"x\"\n"
      "p.json:2:49: error: expected an integer from 0 to 9 for $.k[2], found "
      "the "
      "number -1\n"
      "p.json:2:59: error: expected an integer for $.g, found the number 1.5\n"
      "p.json:1:1: error: missing key 'x' in $\n");
}

TEST(JsonObjectReader, UnknownKeys) {
  Reading in("{\"micro_bath\": 1, \"\xe2\x80\xae\": 2, \"mode\": \"train\"}");
  in.reader.integer("micro_batch");
  in.reader.string("mode");
  in.reader.rejectUnknown();
  EXPECT_EQ(render(in.errors),
            "p.json:1:2: error: unknown key 'micro_bath' in $, did you mean "
            "'micro_batch'?\n"
            "p.json:1:19: error: unknown key '\\u202e' in $\n");
}

TEST(JsonObjectReader, Paths) {
  EXPECT_EQ(pathTo("$.a", "b-c_1"), "$.a.b-c_1");
  EXPECT_EQ(pathTo("$", "a b"), "$[\"a b\"]");
  EXPECT_EQ(pathTo("$", ""), "$[\"\"]");
}

} // namespace
