// What the events of a stream say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <upstash/subscription.hpp>

namespace upstash::detail {

using StreamEvent = std::variant<Message, MonitoredCommand, Subscribed, Gap>;

/// What a stream is of.
enum class StreamKind : std::uint8_t { channels, patterns, commands };

/// "SUBSCRIBE", "PSUBSCRIBE" or "MONITOR".
[[nodiscard]] std::string_view name_of(StreamKind kind) noexcept;
/// The path for these channels or patterns, below the database's URL.
[[nodiscard]] std::string path_of(StreamKind kind, const std::vector<std::string>& names);

/// Reads `message,<channel>,<payload>` and its like. Commas within a channel are told from those behind it by the names
/// that were subscribed to.
class EventDecoder {
 public:
  /// Throws UsageError for names that cannot be subscribed to, or not together.
  EventDecoder(StreamKind kind, const std::vector<std::string>& names);

  /// The event; nothing for the word that a MONITOR has begun. Throws MalformedReply.
  [[nodiscard]] std::optional<StreamEvent> decode(std::string_view data) const;

 private:
  using NameAndRest = std::pair<std::string_view, std::string_view>;

  [[nodiscard]] NameAndRest split_behind_name(std::string_view text) const;
  [[nodiscard]] Subscribed confirmation(std::string_view text) const;
  [[nodiscard]] Message message(std::string_view text) const;
  [[nodiscard]] Message pattern_message(std::string_view text) const;

  StreamKind kind_;
  std::set<std::string, std::less<>> names_;
  std::size_t longest_name_ = 0;
};

/// Reads a line of MONITOR: `1721284005.242090 [0 127.0.0.1:4242] "GET" "k"`. Throws MalformedReply.
[[nodiscard]] MonitoredCommand parse_monitored_command(std::string_view line);

}  // namespace upstash::detail
