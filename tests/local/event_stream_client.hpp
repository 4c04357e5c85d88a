#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http_connection.hpp"
#include "running_server.hpp"

namespace upstash::test {

// Reads /subscribe, /psubscribe or /monitor; throws like HttpConnection.
class EventStreamClient {
 public:
  // Posts the request and reads the head of the reply, for which status 200 is expected.
  EventStreamClient(int port, std::string_view target, Strings headers = {authorized});

  [[nodiscard]] const HttpReply& head() const { return head_; }

  // Everything up to the next blank line, comments too; nothing if the server breaks the stream off.
  std::optional<std::string> read_event();

  HttpConnection& connection() { return connection_; }

 private:
  HttpConnection connection_;
  HttpReply head_;
  std::string text_;
};

}  // namespace upstash::test
