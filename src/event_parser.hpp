// EventParser: takes a text/event-stream apart, in whatever pieces it arrives.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace upstash::detail {

/// Only LF ends a line, so that CR may be part of a payload; unless the first line of all ends in CR LF: then the server
/// writes them so, and a CR before LF belongs to the line's end.
class EventParser {
 public:
  using Take = std::function<void(std::string_view data)>;

  /// Of a longer event nothing is kept: it is a MalformedReply.
  explicit EventParser(std::size_t longest_event) : longest_event_(longest_event) {}

  /// Calls `take` with the data of each event that is complete now. What that throws passes through; then the parser is
  /// not to be used any more.
  void feed(std::string_view bytes, const Take& take);

 private:
  void take_line(std::string_view line, const Take& take);
  void check_length(std::size_t length) const;

  std::size_t longest_event_;
  std::string line_;  // as far as it has come
  std::string data_;  // of the event
  bool has_data_ = false;
  bool is_first_line_ = true;
  bool ends_in_crlf_ = false;
};

}  // namespace upstash::detail
