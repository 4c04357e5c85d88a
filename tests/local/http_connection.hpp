#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace upstash::test {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// One keep-alive connection over a plain socket, so that tests see and send exactly what they mean to.
// Everything throws std::runtime_error, after ten seconds without an answer too.
class HttpConnection {
 public:
  explicit HttpConnection(int port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  HttpReply request(
      std::string_view method,
      std::string_view target,
      const std::vector<std::string>& headers = {},
      std::string_view body = {});

  void send(std::string_view bytes);
  HttpReply read_reply(bool has_body = true);

  // Of a chunked body; empty is the last one. Nothing if the server closes the connection instead.
  std::optional<std::string> read_chunk();

  // All that comes until the server closes the connection.
  std::string read_to_end();

  // Ends the connection by a reset.
  void reset();

 private:
  void read_more();
  // False if the server has closed the connection.
  bool try_read_more();

  int socket_;
  std::string received_;
};

// A request's text, with a Content-Length if there is a body.
std::string request_text(
    std::string_view method,
    std::string_view target,
    const std::vector<std::string>& headers,
    std::string_view body);

}  // namespace upstash::test
