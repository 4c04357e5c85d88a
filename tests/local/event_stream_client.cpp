#include "event_stream_client.hpp"

#include <stdexcept>

namespace upstash::test {

EventStreamClient::EventStreamClient(int port, std::string_view target, Strings headers) : connection_(port) {
  connection_.send(request_text("POST", target, headers, {}));
  head_ = connection_.read_reply();
  if (head_.status != 200) throw std::runtime_error("no stream: " + head_.body);
}

std::optional<std::string> EventStreamClient::read_event() {
  constexpr std::string_view blank_line = "\n\n";
  std::size_t end = std::string::npos;
  while ((end = text_.find(blank_line)) == std::string::npos) {
    const std::optional<std::string> chunk = connection_.read_chunk();
    if (!chunk) return std::nullopt;
    if (chunk->empty()) throw std::runtime_error("the server ended the stream as if it were complete");
    text_ += *chunk;
  }
  std::string event = text_.substr(0, end);
  text_.erase(0, end + blank_line.size());
  return event;
}

}  // namespace upstash::test
