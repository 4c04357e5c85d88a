#include "event_parser.hpp"

#include "reply_document.hpp"

namespace upstash::detail {

void EventParser::feed(std::string_view bytes, const Take& take) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (!line_.empty() || end == std::string_view::npos) {
      check_length(line_.size() + part.size());
      line_ += part;
    }
    if (end == std::string_view::npos) return;
    take_line(line_.empty() ? part : line_, take);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void EventParser::take_line(std::string_view line, const Take& take) {
  if (is_first_line_) ends_in_crlf_ = line.ends_with('\r');
  is_first_line_ = false;
  if (ends_in_crlf_ && line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) {
    if (has_data_) take(data_);
    has_data_ = false;
    data_.clear();
    return;
  }
  const std::size_t colon = line.find(':');
  if (line.substr(0, colon) != "data") return;  // another field, or a comment
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  check_length(data_.size() + value.size() + 1);
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

void EventParser::check_length(std::size_t length) const {
  if (length > longest_event_) {
    throw MalformedReply("an event is longer than max_reply_bytes, " + std::to_string(longest_event_));
  }
}

}  // namespace upstash::detail
