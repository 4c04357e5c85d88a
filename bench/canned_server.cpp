#include "canned_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <span>
#include <system_error>

#include "clock.hpp"

namespace upstash::bench {

namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

struct Request {
  std::string_view head;
  std::string_view body;
};

/// The first request in `received`, if it is complete.
std::optional<Request> first_request(std::string_view received) {
  const std::size_t head_size = received.find("\r\n\r\n");
  if (head_size == std::string_view::npos) return std::nullopt;
  const std::string_view head = received.substr(0, head_size + 4);
  std::size_t body_size = 0;
  constexpr std::string_view name = "\r\nContent-Length: ";
  if (const std::size_t at = head.find(name); at != std::string_view::npos) {
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), body_size);
  }
  if (received.size() - head.size() < body_size) return std::nullopt;
  return Request{head, received.substr(head.size(), body_size)};
}

}  // namespace

class CannedServer::Connection {
 public:
  Connection(CannedServer& server, int socket) : server_(server), socket_(socket) {
    server_.watch(socket, events_, EPOLL_CTL_ADD);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // Closing alone would not do while a process that is just being started has the socket, too.
  ~Connection() { epoll_ctl(server_.epoll_.get(), EPOLL_CTL_DEL, socket_.get(), nullptr); }

  /// Reads and answers as far as that goes without waiting. False when the other side has closed.
  bool serve(std::span<char> buffer) {
    if (is_sending()) {
      if (!send_rest()) return false;
    } else {
      const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) return false;
      received_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    while (!is_sending()) {
      const auto request = first_request(received_);
      if (!request) break;
      compose_reply(*request);
      received_.erase(0, request->head.size() + request->body.size());
      server_.requests_.fetch_add(1, std::memory_order_relaxed);
      if (!send_rest()) return false;
    }
    const std::uint32_t events = is_sending() ? EPOLLOUT : EPOLLIN;
    if (events != events_) server_.watch(socket_.get(), events, EPOLL_CTL_MOD);
    events_ = events;
    return true;
  }

 private:
  [[nodiscard]] bool is_sending() const { return next_piece_ < pieces_.size(); }

  void compose_reply(const Request& request) {
    std::string_view body = server_.result_;
    std::string_view end;
    if (request.head.starts_with("POST /pipeline ")) {
      // No argument has a bracket: one opens the list, the others a command each.
      const std::int64_t commands = std::ranges::count(request.body, '[') - 1;
      const std::size_t size = static_cast<std::size_t>(commands) * (server_.result_.size() + 1);
      if (commands > server_.longest_pipeline_) std::terminate();  // the benchmark's own mistake
      body = std::string_view(server_.pipeline_reply_).substr(0, size);
      end = "]";
    }
    // The sync token is as long as a real one.
    head_ =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nUpstash-Sync-Token: 0123456789abcdef=\r\nContent-Length: ";
    head_.append(std::to_string(body.size() + end.size())).append("\r\n\r\n");
    pieces_ = {head_, body, end};
    next_piece_ = 0;
  }

  /// False when the other side has closed.
  bool send_rest() {
    while (is_sending()) {
      std::array<iovec, 3> parts;
      std::size_t count = 0;
      for (std::size_t i = next_piece_; i < pieces_.size(); ++i) {
        parts[count++] = {const_cast<char*>(pieces_[i].data()), pieces_[i].size()};
      }
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = count;
      const ssize_t result = sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (result < 0) return errno == EAGAIN;
      auto sent = static_cast<std::size_t>(result);
      while (is_sending() && sent >= pieces_[next_piece_].size()) sent -= pieces_[next_piece_++].size();
      if (is_sending()) pieces_[next_piece_].remove_prefix(sent);
    }
    return true;
  }

  CannedServer& server_;
  local::FileDescriptor socket_;
  std::uint32_t events_ = EPOLLIN;
  std::string received_;
  std::string head_;
  std::array<std::string_view, 3> pieces_;  // of the reply that is being sent
  std::size_t next_piece_ = pieces_.size();
};

CannedServer::CannedServer(std::string_view result, std::int64_t longest_pipeline)
    : result_(R"({"result":)" + std::string(result) + "}"),
      longest_pipeline_(longest_pipeline),
      listener_(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")),
      stop_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  pipeline_reply_.reserve(static_cast<std::size_t>(longest_pipeline) * (result_.size() + 1));
  for (std::int64_t i = 0; i < longest_pipeline; ++i) {
    pipeline_reply_.append(i == 0 ? "[" : ",").append(result_);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener_.get(), SOMAXCONN), "listen");
  watch(listener_.get(), EPOLLIN, EPOLL_CTL_ADD);
  watch(stop_.get(), EPOLLIN, EPOLL_CTL_ADD);
  thread_ = std::thread([this] { serve(); });
}

CannedServer::~CannedServer() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

std::string CannedServer::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

double CannedServer::cpu_time() {
  clockid_t clock{};
  pthread_getcpuclockid(thread_.native_handle(), &clock);
  return seconds_of(clock);
}

void CannedServer::watch(int descriptor, std::uint32_t events, int operation) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  checked(epoll_ctl(epoll_.get(), operation, descriptor, &event), "epoll_ctl");
}

void CannedServer::accept_connection() {
  const int socket = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return;
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto index = static_cast<std::size_t>(socket);
  if (index >= connections_.size()) connections_.resize(index + 1);
  connections_[index] = std::make_unique<Connection>(*this, socket);
}

void CannedServer::serve() {
  std::vector<char> buffer(256 * 1024);
  std::array<epoll_event, 64> events;
  while (true) {
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == stop_.get()) return;
      if (descriptor == listener_.get()) {
        accept_connection();
      } else if (auto& connection = connections_[static_cast<std::size_t>(descriptor)];
                 !connection->serve(buffer)) {
        connection.reset();
      }
    }
  }
}

}  // namespace upstash::bench
