#include "event_writer.hpp"

#include <string_view>

#include "reply_view.hpp"

namespace upstash::local {
namespace {

constexpr std::string_view line_start = "data: ";

void append_lines(std::string& out, std::string_view text) {
  while (true) {
    const std::size_t line_end = text.find('\n');
    out += text.substr(0, line_end);
    if (line_end == std::string_view::npos) return;
    out += '\n';
    out += line_start;
    text.remove_prefix(line_end + 1);
  }
}

}  // namespace

void append_event(std::string& out, const redisReply& reply) {
  out += line_start;
  if (reply.type == REDIS_REPLY_ARRAY) {
    bool first = true;
    for (const redisReply* element : elements_of(reply)) {
      if (!first) out += ',';
      first = false;
      if (element->type == REDIS_REPLY_INTEGER) {
        out += std::to_string(element->integer);
      } else {
        append_lines(out, text_of(*element));
      }
    }
  } else if (text_of(reply) == "OK") {
    out += "\"OK\"";  // the service quotes this one, and no other line of /monitor
  } else {
    append_lines(out, text_of(reply));
  }
  out += "\n\n";
}

}  // namespace upstash::local
