#include "stream_event.hpp"

#include <algorithm>

#include "percent_encoding.hpp"
#include "reply_document.hpp"
#include "text_number.hpp"

namespace upstash::detail {

namespace {

using NameAndRest = std::pair<std::string_view, std::string_view>;

/// Both sides of the first comma from there on.
NameAndRest split_at_comma(std::string_view text, std::size_t from = 0) {
  const std::size_t comma = text.find(',', from);
  if (comma == std::string_view::npos) throw MalformedReply("an event lacks a comma");
  return {text.substr(0, comma), text.substr(comma + 1)};
}

/// Takes `prefix` off the front of the text. False when it is not there.
bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes the text up to the mark off the front, the mark too.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const std::size_t end = text.find(mark);
  if (end == std::string_view::npos) throw MalformedReply("a line of MONITOR is incomplete");
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + mark.size());
  return taken;
}

template <class Number>
Number monitored_number(std::string_view text) {
  const auto number = text_to_number<Number>(text);
  if (!number) throw MalformedReply("a line of MONITOR does not begin with time and database");
  return *number;
}

char unescaped(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    default:
      return letter;
  }
}

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  throw MalformedReply("a line of MONITOR has a malformed escape");
}

/// Takes a text in quotes off the front, as Redis writes them: `"a\n\xff\""`.
std::string take_quoted(std::string_view& text) {
  if (!skip(text, "\"")) throw MalformedReply("a line of MONITOR has an argument without quotes");
  std::string argument;
  while (true) {
    argument += text.substr(0, text.find_first_of("\\\""));
    text.remove_prefix(std::min(text.size(), text.find_first_of("\\\"")));
    if (skip(text, "\"")) return argument;
    if (text.size() >= 4 && skip(text, "\\x")) {
      argument += static_cast<char>(hex_digit(text[0]) << 4U | hex_digit(text[1]));
    } else if (text.size() >= 2) {
      argument += unescaped(text[1]);
    } else {
      throw MalformedReply("a line of MONITOR is incomplete");
    }
    text.remove_prefix(2);
  }
}

}  // namespace

std::string_view name_of(StreamKind kind) noexcept {
  switch (kind) {
    case StreamKind::channels:
      return "SUBSCRIBE";
    case StreamKind::patterns:
      return "PSUBSCRIBE";
    case StreamKind::commands:
      break;
  }
  return "MONITOR";
}

std::string path_of(StreamKind kind, const std::vector<std::string>& names) {
  std::string path = "/";
  for (const char c : name_of(kind)) path += static_cast<char>(c - 'A' + 'a');
  for (const std::string& name : names) {
    path += '/';
    append_percent_encoded(path, name);
  }
  return path;
}

EventDecoder::EventDecoder(StreamKind kind, const std::vector<std::string>& names)
    : kind_(kind), names_(names.begin(), names.end()) {
  if (kind == StreamKind::commands) return;
  const std::string command(name_of(kind));
  if (names.empty()) throw UsageError(command + ": at least one name is needed");
  if (names_.contains("")) throw UsageError(command + ": the REST API cannot carry an empty name");
  for (const std::string& name : names_) {
    longest_name_ = std::max(longest_name_, name.size());
    const std::string_view text = name;
    for (std::size_t at = text.find(','); at != std::string_view::npos; at = text.find(',', at + 1)) {
      if (names_.contains(text.substr(0, at))) {
        throw UsageError(
            command +
            ": one name is another one, a comma and more, so that their messages could not be told "
            "apart; subscribe to them separately");
      }
    }
  }
}

std::optional<StreamEvent> EventDecoder::decode(std::string_view data) const {
  switch (kind_) {
    case StreamKind::channels:
      if (skip(data, "message,")) return message(data);
      if (skip(data, "subscribe,")) return confirmation(data);
      break;
    case StreamKind::patterns:
      if (skip(data, "pmessage,")) return pattern_message(data);
      if (skip(data, "psubscribe,")) return confirmation(data);
      break;
    case StreamKind::commands:
      if (data == "OK" || data == R"("OK")") return std::nullopt;
      return parse_monitored_command(data);
  }
  throw MalformedReply("an event is of no known kind");
}

EventDecoder::NameAndRest EventDecoder::split_behind_name(std::string_view text) const {
  const std::string_view start = text.substr(0, longest_name_ + 1);
  for (std::size_t at = start.find(','); at != std::string_view::npos; at = start.find(',', at + 1)) {
    if (names_.contains(text.substr(0, at))) return {text.substr(0, at), text.substr(at + 1)};
  }
  return split_at_comma(text);  // the server spells the name in a way of its own
}

Subscribed EventDecoder::confirmation(std::string_view text) const {
  const auto [name, rest] = split_behind_name(text);
  const auto count = text_to_integer(rest);
  if (!count) throw MalformedReply("a subscription is confirmed without a number");
  return {.name = std::string(name), .count = *count};
}

Message EventDecoder::message(std::string_view text) const {
  const auto [channel, payload] = split_behind_name(text);
  return {.channel = std::string(channel), .payload = std::string(payload)};
}

Message EventDecoder::pattern_message(std::string_view text) const {
  const auto [pattern, rest] = split_behind_name(text);
  // The channel begins with what the pattern has before its first wildcard, commas included.
  const std::size_t wildcard = std::min(pattern.find_first_of("*?[\\"), pattern.size());
  const auto [channel, payload] = split_at_comma(rest, wildcard);
  return {.channel = std::string(channel), .pattern = std::string(pattern), .payload = std::string(payload)};
}

MonitoredCommand parse_monitored_command(std::string_view line) {
  MonitoredCommand command;
  const std::string_view seconds = take_until(line, ".");
  const std::string_view fraction = take_until(line, " [");
  if (seconds.size() > 11 || fraction.size() != 6)
    throw MalformedReply("a line of MONITOR has no time in microseconds");
  command.time = std::chrono::sys_time<std::chrono::microseconds>(
      std::chrono::seconds(monitored_number<std::int64_t>(seconds)) +
      std::chrono::microseconds(monitored_number<std::int64_t>(fraction)));
  command.database = monitored_number<int>(take_until(line, " "));
  command.client = take_until(line, "] ");
  do {
    command.arguments.push_back(take_quoted(line));
  } while (skip(line, " "));
  if (!line.empty()) throw MalformedReply("a line of MONITOR has more behind an argument");
  return command;
}

}  // namespace upstash::detail
