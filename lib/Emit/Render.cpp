//===- Render.cpp - Strict rendering of templates -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A template is walked twice: first here, with the context beside it, to find
// what the engine would silently skip; then by llvm::mustache.
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/Render.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Mustache.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlir::moe {

//===--- Kinds of files ---------------------------------------------------===//

TemplateKind templateKind(StringRef path) {
  return StringSwitch<TemplateKind>(sys::path::extension(path))
      .Cases({".h", ".cpp"}, TemplateKind::Cpp)
      .Cases({".sh", ".sbatch", ".env"}, TemplateKind::Shell)
      .Case(".yaml", TemplateKind::Yaml)
      .Case(".md", TemplateKind::Markdown)
      .Case(".html", TemplateKind::Html)
      .Default(TemplateKind::Plain);
}

static mustache::EscapeMap escapesOf(TemplateKind kind) {
  mustache::EscapeMap escapes;
  switch (kind) {
  case TemplateKind::Shell:
    escapes['\''] = "'\\''";
    break;
  case TemplateKind::Cpp:
    // Octal escapes end after three digits, whatever follows.
    for (char c = 0; c < ' '; ++c)
      escapes[c] = formatv("\\{0}{1}{2}", c >> 6, (c >> 3) & 7, c & 7).str();
    escapes[0x7f] = "\\177";
    escapes['"'] = "\\\"";
    escapes['\\'] = "\\\\";
    escapes['?'] = "\\?"; // no trigraphs
    break;
  case TemplateKind::Yaml:
    for (char c = 0; c < ' '; ++c)
      escapes[c] = formatv("\\x{0:x-2}", static_cast<unsigned>(c)).str();
    escapes[0x7f] = "\\x7f";
    escapes['"'] = "\\\"";
    escapes['\\'] = "\\\\";
    break;
  case TemplateKind::Markdown:
    escapes['|'] = "\\|";
    escapes['\\'] = "\\\\";
    escapes['*'] = "\\*";
    escapes['['] = "\\[";
    escapes['`'] = "\\`";
    escapes['<'] = "&lt;";
    escapes['&'] = "&amp;";
    escapes['\n'] = escapes['\r'] = " ";
    break;
  case TemplateKind::Html:
    escapes['&'] = "&amp;";
    escapes['<'] = "&lt;";
    escapes['>'] = "&gt;";
    escapes['"'] = "&quot;";
    escapes['\''] = "&#39;";
    break;
  case TemplateKind::Plain:
    break;
  }
  return escapes;
}

/// What YAML readers take for the end of a line or refuse to read, beyond
/// ASCII: C1 controls, line and paragraph separators, byte order marks,
/// noncharacters.
static std::string escapeYamlControls(StringRef text) {
  constexpr std::pair<StringLiteral, StringLiteral> rare[] = {
      {"\xE2\x80\xA8", "\\u2028"},
      {"\xE2\x80\xA9", "\\u2029"},
      {"\xEF\xBB\xBF", "\\ufeff"},
      {"\xEF\xBF\xBE", "\\ufffe"},
      {"\xEF\xBF\xBF", "\\uffff"}};
  std::string result;
  while (!text.empty()) {
    result += text.take_until([](char c) { return !isASCII(c); });
    text = text.drop_until([](char c) { return !isASCII(c); });
    const auto *found = find_if(
        rare, [&](const auto &row) { return text.consume_front(row.first); });
    if (found != std::end(rare)) {
      result += found->second;
    } else if (text.size() > 1 && text[0] == '\xC2' &&
               static_cast<unsigned char>(text[1]) < 0xA0) {
      result +=
          formatv("\\x{0:x-2}", static_cast<unsigned char>(text[1])).str();
      text = text.drop_front(2);
    } else {
      result += text.take_front();
      text = text.drop_front(text.empty() ? 0 : 1);
    }
  }
  return result;
}

std::string templateValue(StringRef text) {
  return json::isUTF8(text) ? text.str() : json::fixUTF8(text);
}

std::string singleLine(StringRef text) {
  std::string line = templateValue(text);
  for (char &c : line)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
      c = ' ';
  return line;
}

//===--- The walk before rendering ----------------------------------------===//

namespace {

/// One tag of a template.
struct Tag {
  char sigil = 0; ///< '#', '^', '/', '!' or 0 for a value
  StringRef key;
  size_t begin = 0; ///< of the opening delimiter
  size_t end = 0;   ///< behind the closing one
};

/// Walks the tags of a template against a context.
class TemplateWalk {
public:
  TemplateWalk(StringRef path, StringRef text)
      : path(path), text(text),
        open(templateKind(path) == TemplateKind::Cpp ? "{%" : "{{"),
        close(open == "{%" ? "%}" : "}}") {}

  Error check(const json::Object &context) {
    // The engine takes this for a tag of its own whatever the delimiters are.
    if (size_t brace = text.find("{{{"); brace != StringRef::npos)
      return at(brace, "three braces in a row");
    scopes.push_back(json::Value(json::Object(context)));
    Expected<size_t> end = walk(0, std::nullopt, /*live=*/true);
    return end ? Error::success() : end.takeError();
  }

private:
  Error at(size_t position, const Twine &message) const {
    size_t line = 1 + text.take_front(position).count('\n');
    return createStringError(
        formatv("template '{0}', line {1}: {2}", path, line, message.str())
            .str());
  }

  Expected<std::optional<Tag>> nextTag(size_t from) const;
  Expected<size_t> walk(size_t from, std::optional<Tag> section, bool live);
  Expected<size_t> walkSection(const Tag &tag, bool live);
  const json::Value *lookUp(StringRef key) const;

  StringRef path, text;
  StringRef open, close;
  std::vector<json::Value> scopes;
};

} // namespace

Expected<std::optional<Tag>> TemplateWalk::nextTag(size_t from) const {
  Tag tag;
  tag.begin = text.find(open, from);
  if (tag.begin == StringRef::npos)
    return std::nullopt;
  size_t bodyBegin = tag.begin + open.size();
  size_t bodyEnd = text.find(close, bodyBegin);
  if (bodyEnd == StringRef::npos)
    return at(tag.begin, "'" + open + "' is not closed by '" + close + "'");
  tag.end = bodyEnd + close.size();
  tag.key = text.slice(bodyBegin, bodyEnd);
  if (tag.key.starts_with("!")) {
    tag.sigil = '!';
    return tag;
  }
  if (!tag.key.empty() && StringRef("#^/").contains(tag.key.front())) {
    tag.sigil = tag.key.front();
    tag.key = tag.key.drop_front();
  }
  tag.key = tag.key.trim(' ');
  // Unescaped values, partials and new delimiters have no place here.
  for (char c : tag.key)
    if (!isAlnum(c) && c != '_' && tag.key != ".")
      return at(tag.begin, "'" + tag.key + "' is not a name");
  if (tag.key.empty())
    return at(tag.begin, "empty tag");
  return tag;
}

const json::Value *TemplateWalk::lookUp(StringRef key) const {
  if (key == ".")
    return scopes.back().kind() == json::Value::String ? &scopes.back()
                                                       : nullptr;
  for (const json::Value &scope : reverse(scopes))
    if (const json::Object *object = scope.getAsObject())
      if (const json::Value *value = object->get(key))
        return value;
  return nullptr;
}

/// Walks up to the end of `section` (or of the text) and returns the position
/// behind it. Inside a section that is not rendered (`live` is false) there may
/// be no context, so only the tags are looked at.
Expected<size_t> TemplateWalk::walk(size_t from, std::optional<Tag> section,
                                    bool live) {
  while (true) {
    Expected<std::optional<Tag>> next = nextTag(from);
    if (!next)
      return next.takeError();
    if (!*next) {
      if (section)
        return at(section->begin,
                  "section '" + section->key + "' is not closed");
      return text.size();
    }
    const Tag tag = **next;
    from = tag.end;
    if (tag.sigil == '!')
      continue;
    if (tag.sigil == '/') {
      if (section && section->key == tag.key)
        return tag.end;
      return at(tag.begin, "'/" + tag.key + "' closes no section");
    }
    const json::Value *value = live ? lookUp(tag.key) : nullptr;
    if (live && !value)
      return at(tag.begin, "'" + tag.key + "' is not in the context");
    // The engine takes every string for true, the empty one too.
    if (live && tag.sigil && value->kind() == json::Value::String)
      return at(tag.begin, "section '" + tag.key + "' is of a string");
    if (tag.sigil) {
      Expected<size_t> end = walkSection(tag, live);
      if (!end)
        return end.takeError();
      from = *end;
    } else if (live && value->kind() != json::Value::String) {
      return at(tag.begin, "'" + tag.key + "' is not a string");
    }
  }
}

/// Whether Mustache renders the section of this value.
static bool isTrue(const json::Value &value) {
  if (const json::Array *list = value.getAsArray())
    return !list->empty();
  return value.getAsBoolean().value_or(value.kind() == json::Value::Object);
}

Expected<size_t> TemplateWalk::walkSection(const Tag &tag, bool live) {
  const json::Value *value = live ? lookUp(tag.key) : nullptr;
  if (!value || isTrue(*value) != (tag.sigil == '#'))
    return walk(tag.end, tag, /*live=*/false);
  const json::Array *list = value->getAsArray();
  if (tag.sigil == '^' || !list) {
    scopes.push_back(json::Value(*value));
    Expected<size_t> end = walk(tag.end, tag, live);
    scopes.pop_back();
    return end;
  }
  size_t end = tag.end;
  const json::Array elements = *list; // `scopes` may move
  for (const json::Value &element : elements) {
    scopes.push_back(element);
    Expected<size_t> after = walk(tag.end, tag, live);
    scopes.pop_back();
    if (!after)
      return after;
    end = *after;
  }
  return end;
}

//===--- Loading and rendering --------------------------------------------===//

Expected<std::string> loadTemplate(StringRef path, StringRef directory) {
  if (!directory.empty()) {
    SmallString<128> file(directory);
    sys::path::append(file, path);
    if (sys::fs::exists(file)) {
      ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
          MemoryBuffer::getFile(file, /*IsText=*/true);
      if (!buffer)
        return createStringError(buffer.getError(),
                                 "cannot read template '%s': %s", file.c_str(),
                                 buffer.getError().message().c_str());
      return (*buffer)->getBuffer().str();
    }
  }
  for (const EmbeddedTemplate &embedded : embeddedTemplates())
    if (embedded.path == path)
      return embedded.text.str();
  return createStringError("no template '" + path + "'");
}

Expected<std::string> renderTemplate(StringRef path, StringRef text,
                                     const json::Object &context) {
  if (Error error = TemplateWalk(path, text).check(context))
    return error;
  TemplateKind kind = templateKind(path);
  std::string source;
  if (kind == TemplateKind::Cpp)
    source = "{{={% %}=}}\n";
  source += text;
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  mustache::MustacheContext engine(allocator, saver);
  mustache::Template parsed(source, engine);
  parsed.overrideEscapeCharacters(escapesOf(kind));
  std::string result;
  raw_string_ostream os(result);
  parsed.render(json::Value(json::Object(context)), os);
  return kind == TemplateKind::Yaml ? escapeYamlControls(result) : result;
}

} // namespace mlir::moe
