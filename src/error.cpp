#include <algorithm>

#include <upstash/error.hpp>

namespace upstash {

namespace {

/// "WRONGTYPE Operation…" → "WRONGTYPE"; text that does not begin with a code → "".
std::string code_of(std::string_view reply) {
  const std::string_view word = reply.substr(0, reply.find_first_of(" :"));
  const bool is_code = !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return is_code ? std::string(word) : std::string();
}

std::string message_of(std::string_view context, std::string_view reply, std::string_view hint) {
  std::string message(context);
  message.append(": ").append(reply);
  if (!hint.empty()) message.append(" (").append(hint).append(")");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  std::ranges::replace_if(message, is_control, ' ');  // a message is one line
  return message;
}

}  // namespace

ServerError::ServerError(
    std::string_view context,
    std::string_view reply,
    std::string_view hint,
    std::string_view command,
    int http_status)
    : Error(message_of(context, reply, hint)),
      code_(code_of(reply)),
      reply_(reply),
      command_(command),
      http_status_(http_status) {}

}  // namespace upstash
