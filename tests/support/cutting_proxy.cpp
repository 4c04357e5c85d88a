#include "cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>

namespace upstash::test {
namespace {

int checked(int result, const char* what) {
  if (result < 0)
    throw std::system_error(errno, std::generic_category(), std::string("CuttingProxy: ") + what);
  return result;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int new_socket() {
  const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/// One HTTP message with a Content-Length; nothing when the connection ends before it does.
std::optional<std::string> read_message(int fd, std::string& rest) {
  std::string message = std::move(rest);
  rest.clear();
  std::size_t size = std::string::npos;
  while (true) {
    if (const auto end = message.find("\r\n\r\n"); size == std::string::npos && end != std::string::npos) {
      const std::string_view name = "content-length:";
      std::string head = message.substr(0, end);
      for (char& c : head) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      const auto at = head.find(name);
      size = end + 4 + (at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size())));
    }
    if (message.size() >= size) {
      rest = message.substr(size);
      message.resize(size);
      return message;
    }
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    message.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_url, std::uint32_t seed, unsigned one_in)
    : listener_(new_socket()),
      server_port_(std::stoi(server_url.substr(server_url.rfind(':') + 1))),
      one_in_(one_in),
      random_(seed) {
  sockaddr_in address = loopback(0);
  checked(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(listener_, SOMAXCONN), "listen");
  socklen_t size = sizeof address;
  checked(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const Pair& pair : pairs_) {
      ::shutdown(pair.client, SHUT_RDWR);
      ::shutdown(pair.server, SHUT_RDWR);
    }
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (Pair& pair : pairs_) {
    pair.thread.join();
    ::close(pair.client);
    ::close(pair.server);
  }
}

void CuttingProxy::accept_all() {
  while (true) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const std::lock_guard lock(mutex_);
    Pair& pair = pairs_.emplace_back(client, new_socket());
    if (stopping_) ::shutdown(client, SHUT_RDWR);
    pair.thread = std::thread([this, &pair] { relay(pair); });
  }
}

CuttingProxy::Cut CuttingProxy::next_cut() {
  const std::lock_guard lock(mutex_);
  if (random_() % one_in_ != 0) return Cut::none;
  ++cuts_;
  return static_cast<Cut>(1 + random_() % static_cast<unsigned>(Cut::last));
}

/// Closes nothing: the numbers of the sockets stay theirs as long as the proxy lives.
void CuttingProxy::relay(Pair& pair) {
  const sockaddr_in address = loopback(server_port_);
  std::string from_client;
  std::string from_server;
  bool open = ::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    const auto request = read_message(pair.client, from_client);
    if (!request) break;
    const Cut cut = next_cut();
    if (cut == Cut::before_the_request) break;
    if (cut == Cut::within_the_request) {
      send_all(pair.server, std::string_view(*request).substr(0, request->size() - 1));
      break;
    }
    if (!send_all(pair.server, *request)) break;
    const auto reply = read_message(pair.server, from_server);
    if (!reply || cut == Cut::before_the_reply) break;
    const std::size_t size = cut == Cut::within_the_reply ? reply->size() / 2 : reply->size();
    open = send_all(pair.client, std::string_view(*reply).substr(0, size)) && cut == Cut::none;
  }
  ::shutdown(pair.client, SHUT_RDWR);
  ::shutdown(pair.server, SHUT_RDWR);
}

}  // namespace upstash::test
