#include "canned_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

namespace upstash::bench {

namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// The number of bytes of the first request in `received`, 0 if it is not complete.
std::size_t request_size(std::string_view received) {
  const std::size_t head = received.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t body = 0;
  constexpr std::string_view name = "Content-Length: ";
  if (const std::size_t at = received.find(name); at < head) {
    std::from_chars(received.data() + at + name.size(), received.data() + head, body);
  }
  const std::size_t whole = head + 4 + body;
  return whole <= received.size() ? whole : 0;
}

}  // namespace

CannedServer::CannedServer(const std::string& body)
    : reply_(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body),
      listener_(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")),
      wake_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener_, 16), "listen");
  thread_ = std::thread([this] { serve(); });
}

CannedServer::~CannedServer() {
  const std::uint64_t one = 1;
  static_cast<void>(!write(wake_, &one, sizeof one));
  thread_.join();
  close(listener_);
  close(wake_);
}

std::string CannedServer::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

void CannedServer::serve() {
  struct Client {
    int socket;
    std::string received;
  };
  std::vector<Client> clients;
  std::array<char, 65536> buffer;
  while (true) {
    std::vector<pollfd> polled{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Client& client : clients) polled.push_back({client.socket, POLLIN, 0});
    if (poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[0].revents != 0) break;
    for (std::size_t i = clients.size(); i-- > 0;) {
      if (polled[i + 2].revents == 0) continue;
      const ssize_t size = recv(clients[i].socket, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        close(clients[i].socket);
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      clients[i].received.append(buffer.data(), static_cast<std::size_t>(size));
      while (const std::size_t request = request_size(clients[i].received)) {
        clients[i].received.erase(0, request);
        for (std::string_view left = reply_; !left.empty();) {
          const ssize_t sent = send(clients[i].socket, left.data(), left.size(), MSG_NOSIGNAL);
          if (sent <= 0) break;
          left.remove_prefix(static_cast<std::size_t>(sent));
        }
      }
    }
    if (polled[1].revents != 0) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const int on = 1;
      setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      clients.push_back({client, {}});
    }
  }
  for (const Client& client : clients) close(client.socket);
}

}  // namespace upstash::bench
