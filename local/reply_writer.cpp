#include "reply_writer.hpp"

#include <array>
#include <charconv>
#include <cstddef>

#include "reply_view.hpp"
#include "src/base64.hpp"

namespace upstash::local {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

struct Utf8Part {
  std::size_t length;
  bool valid;
};

// The sequence at the start of `bytes`, or as much of it as could have been one.
Utf8Part next_utf8_part(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  std::size_t length = 0;
  unsigned char lowest = 0x80;
  unsigned char highest = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) lowest = 0xA0;   // shorter forms exist
    if (lead == 0xED) highest = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) lowest = 0x90;
    if (lead == 0xF4) highest = 0x8F;  // beyond U+10FFFF
  } else {
    return {1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i == bytes.size() || at(i) < lowest || at(i) > highest) return {i, false};
    lowest = 0x80;
    highest = 0xBF;
  }
  return {length, true};
}

constexpr std::array<bool, 256> plain_characters = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x80; ++i) plain[i] = i != '"' && i != '\\';
  return plain;
}();

void append_control(std::string& out, char character) {
  constexpr char hex[] = "0123456789abcdef";
  switch (character) {
    case '\b':
      out += "\\b";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out += "\\u00";
      out += hex[(character >> 4) & 0xF];
      out += hex[character & 0xF];
  }
}

void append_integer(std::string& out, long long value) {
  std::array<char, 24> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), result.ptr);
}

void append_resp2(std::string& out, const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      out += ':';
      append_integer(out, reply.integer);
      break;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      out += reply.type == REDIS_REPLY_STATUS ? '+' : '-';
      out += text_of(reply);
      break;
    case REDIS_REPLY_STRING:
      out += '$';
      append_integer(out, static_cast<long long>(reply.len));
      out += "\r\n";
      out += text_of(reply);
      break;
    case REDIS_REPLY_ARRAY:
      out += '*';
      append_integer(out, static_cast<long long>(reply.elements));
      out += "\r\n";
      for (const redisReply* element : elements_of(reply)) append_resp2(out, *element);
      return;
    default:
      out += "$-1";
  }
  out += "\r\n";
}

void append_json(std::string& out, const redisReply& reply, ReplyFormat format) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      append_integer(out, reply.integer);
      return;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
    case REDIS_REPLY_STRING:
      if (format == ReplyFormat::json) {
        append_json_string(out, text_of(reply));
      } else if (reply.type == REDIS_REPLY_STATUS && text_of(reply) == "OK") {
        out += "\"OK\"";
      } else {
        // An error inside an array too: whoever reads the array cannot tell it from a string.
        out += '"';
        out += detail::base64_encode(text_of(reply));
        out += '"';
      }
      return;
    case REDIS_REPLY_ARRAY: {
      out += '[';
      bool first = true;
      for (const redisReply* element : elements_of(reply)) {
        if (!first) out += ',';
        first = false;
        append_json(out, *element, format);
      }
      out += ']';
      return;
    }
    default:
      out += "null";
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view bytes) {
  out += '"';
  while (!bytes.empty()) {
    std::size_t plain = 0;
    while (plain < bytes.size() && plain_characters[static_cast<unsigned char>(bytes[plain])]) ++plain;
    out.append(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;

    const char character = bytes.front();
    std::size_t used = 1;
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      append_control(out, character);
    } else {
      const Utf8Part part = next_utf8_part(bytes);
      out.append(part.valid ? bytes.substr(0, part.length) : replacement_character);
      used = part.length;
    }
    bytes.remove_prefix(used);
  }
  out += '"';
}

void append_value(std::string& out, const redisReply& reply, ReplyFormat format) {
  if (format == ReplyFormat::resp2) {
    append_resp2(out, reply);
  } else {
    append_json(out, reply, format);
  }
}

void append_result(std::string& out, const redisReply& reply, ReplyFormat format) {
  if (is_error(reply)) {
    append_error(out, text_of(reply), format);
  } else if (format == ReplyFormat::resp2) {
    append_resp2(out, reply);
  } else {
    out += R"({"result":)";
    append_json(out, reply, format);
    out += '}';
  }
}

void append_error(std::string& out, std::string_view text, ReplyFormat format) {
  if (format == ReplyFormat::resp2) {
    out += '-';
    // A line break would end the error's line early.
    for (const char character : text) out += character == '\r' || character == '\n' ? ' ' : character;
    out += "\r\n";
    return;
  }
  out += R"({"error":)";
  append_json_string(out, text);
  out += '}';
}

}  // namespace upstash::local
