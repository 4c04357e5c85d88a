#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/error.hpp>

#include "utf8.hpp"

namespace upstash::detail {

namespace {

constexpr std::uint64_t repeat(std::uint8_t byte) { return 0x0101010101010101U * byte; }

/// True if any of the eight bytes is a control character, a quote, a backslash or not ASCII.
bool needs_care(std::uint64_t word) noexcept {
  const std::uint64_t control = word - repeat(0x20);
  const std::uint64_t quote = (word ^ repeat('"')) - repeat(1);
  const std::uint64_t backslash = (word ^ repeat('\\')) - repeat(1);
  return ((control | quote | backslash | word) & repeat(0x80)) != 0;
}

/// How many bytes from the front can be copied as they are.
std::size_t plain_prefix(std::string_view text) noexcept {
  std::size_t i = 0;
  for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    if (needs_care(word)) break;
  }
  for (; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
  }
  return i;
}

void append_escape(std::string& json, unsigned char byte) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (byte) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      json += "\\u00";
      json += hex[byte >> 4U];
      json += hex[byte & 0xfU];
  }
}

/// Appends the text as it stands inside JSON quotes. False, with `json` as far as it got, if it is not UTF-8.
bool append_escaped(std::string& json, std::string_view text) {
  while (true) {
    const std::size_t plain = plain_prefix(text);
    json.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) return true;
    if (const auto byte = static_cast<unsigned char>(text.front()); byte < 0x80) {
      append_escape(json, byte);
      text.remove_prefix(1);
      continue;
    }
    std::size_t length = 0;  // of a whole run of other characters: text in another script stays fast
    while (length < text.size() && static_cast<unsigned char>(text[length]) >= 0x80) {
      const std::size_t sequence = utf8_sequence_length(text.substr(length));
      if (sequence == 0) return false;
      length += sequence;
    }
    json.append(text.data(), length);
    text.remove_prefix(length);
  }
}

}  // namespace

ArgumentWriter::ArgumentWriter(std::string_view command) : command_(command) {
  json_.reserve(48 + command.size());
  while (!command.empty()) {
    const std::string_view word = command.substr(0, command.find(' '));
    separate();
    json_ += '"';
    json_ += word;
    json_ += '"';
    command.remove_prefix(word.size() == command.size() ? word.size() : word.size() + 1);
  }
}

void ArgumentWriter::separate() {
  json_ += json_.empty() ? '[' : ',';
  ++size_;
}

void ArgumentWriter::add(std::string_view text) {
  separate();
  json_ += '"';
  const std::size_t start = json_.size();
  if (text.size() > 256) json_.reserve(start + text.size() + 64);
  if (!append_escaped(json_, text)) {
    json_.resize(start);
    const std::size_t index = size_ - 1;
    if (binary_) {
      throw UsageError(
          (command_.empty() ? std::string("command") : std::string(command_)) + ": arguments " +
          std::to_string(binary_->index) + " and " + std::to_string(index) +
          " are both not UTF-8, and the REST API carries only one such argument in a command; encode one of "
          "them, "
          "for example as base64");
    }
    binary_ = std::make_shared<const BinaryArgument>(BinaryArgument{index, std::string(text)});
  }
  json_ += '"';
}

template <class Number>
void ArgumentWriter::add_number(Number number) {
  separate();
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  json_ += '"';
  json_.append(digits.data(), end);
  json_ += '"';
}

void ArgumentWriter::add(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::text:
      return add(value.text());
    case Value::Kind::integer:
      return add_number(value.integer());
    case Value::Kind::unsigned_integer:
      return add_number(value.unsigned_integer());
    case Value::Kind::single_precision:
      return add_number(value.single_precision());
    case Value::Kind::double_precision:
      return add_number(value.double_precision());
  }
}

EncodedCommand ArgumentWriter::finish() && {
  json_ += json_.empty() ? "[]" : "]";
  return {std::move(json_), std::move(binary_)};
}

}  // namespace upstash::detail
