#include "http_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace upstash::test {

HttpConnection::HttpConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{10, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string reason = std::strerror(errno);
    close(socket_);
    throw std::runtime_error("cannot connect: " + reason);
  }
}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

HttpReply HttpConnection::request(
    std::string_view method,
    std::string_view target,
    const std::vector<std::string>& headers,
    std::string_view body) {
  send(request_text(method, target, headers, body));
  return read_reply(method != "HEAD");
}

void HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error(std::string("cannot send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

HttpReply HttpConnection::read_reply(bool has_body) {
  std::size_t head_end = std::string::npos;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) read_more();
  HttpReply reply;
  reply.status = std::stoi(received_.substr(received_.find(' ') + 1));
  std::size_t line = received_.find("\r\n") + 2;
  while (line < head_end + 2) {
    const std::size_t line_end = received_.find("\r\n", line);
    const std::size_t colon = received_.find(": ", line);
    std::string name = received_.substr(line, colon - line);
    for (char& character : name)
      character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    reply.headers[name] = received_.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  received_.erase(0, head_end + 4);
  if (has_body && reply.headers.contains("content-length")) {
    const std::size_t length = std::stoul(reply.headers["content-length"]);
    while (received_.size() < length) read_more();
    reply.body = received_.substr(0, length);
    received_.erase(0, length);
  }
  return reply;
}

std::optional<std::string> HttpConnection::read_chunk() {
  std::size_t size_end = std::string::npos;
  while ((size_end = received_.find("\r\n")) == std::string::npos) {
    if (!try_read_more()) return std::nullopt;
  }
  const std::size_t size = std::stoul(received_, nullptr, 16);
  const std::size_t begin = size_end + 2;
  while (received_.size() < begin + size + 2) {
    if (!try_read_more()) return std::nullopt;
  }
  std::string chunk = received_.substr(begin, size);
  received_.erase(0, begin + size + 2);
  return chunk;
}

std::string HttpConnection::read_to_end() {
  while (try_read_more()) {
  }
  return std::exchange(received_, {});
}

void HttpConnection::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(socket_, -1));
}

void HttpConnection::read_more() {
  if (!try_read_more()) throw std::runtime_error("the server closed the connection");
}

bool HttpConnection::try_read_more() {
  std::array<char, 65536> block;
  const ssize_t count = recv(socket_, block.data(), block.size(), 0);
  if (count < 0) throw std::runtime_error(std::string("cannot receive: ") + std::strerror(errno));
  received_.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string request_text(
    std::string_view method,
    std::string_view target,
    const std::vector<std::string>& headers,
    std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace upstash::test
