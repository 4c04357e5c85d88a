#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <exception>
#include <future>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace upstash::test {
namespace {

int checked(int result, const char* what) {
  if (result < 0)
    throw std::system_error(errno, std::generic_category(), std::string("ScriptedServer: ") + what);
  return result;
}

// A socket bound to that port of 127.0.0.1, or to a free one when it is 0.
int bound_socket(int port) {
  const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  checked(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  checked(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  return fd;
}

int listening_socket(int port) {
  const int fd = bound_socket(port);
  checked(::listen(fd, SOMAXCONN), "listen");
  return fd;
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string find_header(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(
      headers.begin(), headers.end(), [&](const auto& h) { return equal_ignoring_case(h.first, name); });
  return found == headers.end() ? "" : found->second;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string reply_head(int status, Headers headers) {
  if (find_header(headers, "Content-Type").empty()) headers.emplace_back("Content-Type", "application/json");
  std::string head = "HTTP/1.1 " + std::to_string(status) + (status < 400 ? " OK" : " Error") + "\r\n";
  for (const auto& [name, value] : headers) head.append(name).append(": ").append(value).append("\r\n");
  return head + "\r\n";
}

std::string reply(int status, const std::string& body, Headers headers) {
  headers.emplace_back("Content-Length", std::to_string(body.size()));
  return reply_head(status, std::move(headers)) + body;
}

struct Head {
  RecordedRequest request;
  std::size_t size = 0;
  std::size_t body_size = 0;
};

// The request's head, or nothing as long as it is incomplete. Throws what is wrong with it.
std::optional<Head> parse_head(std::string_view input) {
  // Else whoever speaks something else, such as TLS, would wait forever for the answer.
  if (!input.empty() && (input[0] < 'A' || input[0] > 'Z')) throw std::runtime_error("this is not HTTP");
  const auto end = input.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  Head head;
  head.size = end + 4;
  auto next_line = [rest = input.substr(0, end + 2)]() mutable {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    return line;
  };
  const auto request_line = next_line();
  const auto first_space = request_line.find(' ');
  const auto last_space = request_line.rfind(' ');
  if (first_space == last_space || request_line.substr(last_space + 1) != "HTTP/1.1") {
    throw std::runtime_error("no HTTP/1.1 request line: " + std::string(request_line));
  }
  head.request.method = request_line.substr(0, first_space);
  head.request.target = request_line.substr(first_space + 1, last_space - first_space - 1);
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) throw std::runtime_error("no header: " + std::string(line));
    head.request.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  if (!head.request.header("Transfer-Encoding").empty()) {
    throw std::runtime_error("this server reads no Transfer-Encoding");
  }
  if (const std::string length = head.request.header("Content-Length"); !length.empty()) {
    const char* const last = length.data() + length.size();
    const auto [stop, error] = std::from_chars(length.data(), last, head.body_size);
    if (error != std::errc{} || stop != last) throw std::runtime_error("bad Content-Length: " + length);
  }
  return head;
}

Action failure(int status, const std::string& what) {
  return answer(status, "ScriptedServer: " + what, {{"Content-Type", "text/plain"}});
}

}  // namespace

std::string RecordedRequest::header(std::string_view name) const { return find_header(headers, name); }

Action answer(int status, const std::string& body, Headers headers) {
  return {.bytes = reply(status, body, std::move(headers)), .then = Action::Then::keep_open, .compute = {}};
}

Action answer_json(const std::string& result_json) { return answer(200, "{\"result\":" + result_json + "}"); }

Action answer_and_close(int status, const std::string& body, Headers headers) {
  return {.bytes = reply(status, body, std::move(headers)), .then = Action::Then::close, .compute = {}};
}

Action cut_off(const std::string& body, std::size_t sent_bytes) {
  std::string bytes = reply(200, body, {});
  bytes.resize(bytes.size() - body.size() + std::min(sent_bytes, body.size()));
  return {.bytes = std::move(bytes), .then = Action::Then::close, .compute = {}};
}

Action close_without_reply() { return raw(""); }

Action reset() { return {.bytes = "", .then = Action::Then::reset, .compute = {}}; }

Action stall(Action released) {
  return {
      .bytes = "",
      .then = Action::Then::hold,
      .compute = [released = std::move(released)](const RecordedRequest&) { return released; }};
}

Action raw(std::string bytes) {
  return {.bytes = std::move(bytes), .then = Action::Then::close, .compute = {}};
}

Action chunked(const std::vector<std::string>& chunks, Headers headers) {
  headers.emplace_back("Transfer-Encoding", "chunked");
  std::string bytes = reply_head(200, std::move(headers));
  for (const auto& chunk : chunks) {
    if (chunk.empty()) continue;  // it would be the end
    std::array<char, 2 * sizeof(std::size_t)> size{};
    const char* const end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
    bytes.append(static_cast<const char*>(size.data()), end).append("\r\n").append(chunk).append("\r\n");
  }
  return {.bytes = bytes + "0\r\n\r\n", .then = Action::Then::keep_open, .compute = {}};
}

Action event_stream(const std::string& bytes) {
  std::string head = reply_head(200, {{"Content-Type", "text/event-stream"}});
  return {.bytes = std::move(head) + bytes, .then = Action::Then::hold, .compute = {}};
}

Action respond(std::function<Action(const RecordedRequest&)> compute) {
  return {.bytes = "", .then = Action::Then::keep_open, .compute = std::move(compute)};
}

int refused_port() {
  static const int port = port_of(bound_socket(0));  // bound for good, never listening
  return port;
}

struct ScriptedServer::Connection {
  int fd = -1;  // -1 once closed
  RecordedRequest request{};
  std::string in{};
  std::string out{};
  std::size_t sent = 0;
  bool busy = false;  // with the last request
  bool continued = false;
  bool peer_finished = false;
  Action action{};

  Connection(int accepted, int number) : fd(accepted) { request.connection = number; }
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_open() const { return fd >= 0; }

  // A child that was forked meanwhile has the socket too, so that close() alone might not send the FIN.
  void close() {
    if (!is_open()) return;
    ::shutdown(fd, SHUT_RDWR);
    ::close(std::exchange(fd, -1));
  }

  void close_with_reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(fd, -1));
  }

  void read() {
    std::array<char, 65536> buffer;
    while (is_open() && !peer_finished) {
      const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (size > 0) {
        in.append(buffer.data(), static_cast<std::size_t>(size));
      } else if (size == 0) {
        peer_finished = true;
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        close();
      }
    }
  }

  void write() {
    // Held back until the FIN, which so goes out together with the last bytes.
    const int more = action.then == Action::Then::close ? MSG_MORE : 0;
    while (sent < out.size()) {
      const ssize_t size = ::send(fd, out.data() + sent, out.size() - sent, MSG_NOSIGNAL | more);
      if (size >= 0) {
        sent += static_cast<std::size_t>(size);
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        return close();
      }
    }
    out.clear();
    sent = 0;
    if (!busy) return;
    switch (action.then) {
      case Action::Then::keep_open:
        busy = false;
        break;
      case Action::Then::close:
        close();
        break;
      case Action::Then::reset:
        close_with_reset();
        break;
      case Action::Then::hold:
        break;
    }
  }
};

ScriptedServer::ScriptedServer()
    : wake_fd_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")), reserved_(bound_socket(0)) {
  port_ = port_of(reserved_);
  listener_ = listening_socket(port_);
  default_ = failure(500, "the script is at its end and there is no default");
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  for (const int fd : {listener_, reserved_, wake_fd_}) {
    if (fd >= 0) ::close(fd);
  }
}

std::string ScriptedServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

int ScriptedServer::port() const { return port_; }

void ScriptedServer::enqueue(Action action) {
  const std::lock_guard lock(mutex_);
  script_.push_back(std::move(action));
}

void ScriptedServer::set_default(Action action) {
  const std::lock_guard lock(mutex_);
  default_ = std::move(action);
}

std::vector<RecordedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScriptedServer::connections_accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

void ScriptedServer::wait_for_requests(std::size_t count, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, longest, [&] { return requests_.size() >= count; })) {
    throw std::runtime_error(
        "ScriptedServer: waited " + std::to_string(longest.count()) + " ms for " + std::to_string(count) +
        " requests, saw " + std::to_string(requests_.size()));
  }
}

void ScriptedServer::wait_for_connections(std::size_t count, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, longest, [&] { return open_ == count; })) {
    throw std::runtime_error(
        "ScriptedServer: waited " + std::to_string(longest.count()) + " ms for " + std::to_string(count) +
        " open connections, there are " + std::to_string(open_));
  }
}

void ScriptedServer::push(const std::string& bytes) {
  run_on_thread([&] {
    for (const auto& connection : connections_) {
      if (!connection->is_open() || !connection->busy || connection->action.then != Action::Then::hold)
        continue;
      connection->out += bytes;
      connection->write();
    }
  });
}

std::size_t ScriptedServer::unsent_bytes() {
  std::size_t size = 0;
  run_on_thread([&] {
    for (const auto& connection : connections_) size += connection->out.size() - connection->sent;
  });
  return size;
}

void ScriptedServer::release() {
  run_on_thread([this] {
    for (const auto& connection : connections_) {
      if (!connection->busy || connection->action.then != Action::Then::hold) continue;
      Action released = std::move(connection->action);
      released.bytes.clear();
      released.then = Action::Then::keep_open;
      carry_out(*connection, std::move(released));
      serve_requests(*connection);
    }
  });
}

void ScriptedServer::close_idle_connections() {
  run_on_thread([this] {
    for (const auto& connection : connections_) connection->close();
  });
}

void ScriptedServer::stop_listening() {
  run_on_thread([this] {
    if (listener_ < 0) return;
    ::shutdown(listener_, SHUT_RDWR);
    ::close(std::exchange(listener_, -1));
  });
}

void ScriptedServer::listen_again() {
  run_on_thread([this] {
    if (listener_ < 0) listener_ = listening_socket(port_);
  });
}

void ScriptedServer::wake() const {
  const std::uint64_t one = 1;
  checked(static_cast<int>(::write(wake_fd_, &one, sizeof one)), "eventfd");
}

void ScriptedServer::run_on_thread(const std::function<void()>& task) {
  if (std::this_thread::get_id() == thread_.get_id()) return task();
  const auto packaged = std::make_shared<std::packaged_task<void()>>(task);
  {
    const std::lock_guard lock(mutex_);
    tasks_.emplace_back([packaged] { (*packaged)(); });
  }
  wake();
  packaged->get_future().get();
}

void ScriptedServer::serve() {
  while (true) {
    std::vector<pollfd> polled{{wake_fd_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& connection : connections_) {
      const int events = (connection->peer_finished ? 0 : POLLIN) | (connection->out.empty() ? 0 : POLLOUT);
      polled.push_back({connection->fd, static_cast<short>(events), 0});
    }
    ::poll(polled.data(), polled.size(), -1);

    std::uint64_t count = 0;
    if (::read(wake_fd_, &count, sizeof count) > 0 && !run_tasks()) return;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (polled[i + 2].revents == 0) continue;
      Connection& connection = *connections_[i];
      connection.read();
      if (connection.is_open() && !connection.out.empty()) connection.write();
      serve_requests(connection);
    }
    std::erase_if(connections_, [](const auto& connection) {
      if (connection->peer_finished && connection->out.empty()) connection->close();
      return !connection->is_open();
    });
    accept_all();
    const std::lock_guard lock(mutex_);
    open_ = connections_.size();
    changed_.notify_all();
  }
}

// False when the server is to stop.
bool ScriptedServer::run_tasks() {
  while (true) {
    std::function<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) return !stopping_;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

void ScriptedServer::accept_all() {
  while (listener_ >= 0) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back(std::make_unique<Connection>(fd, static_cast<int>(accepted_)));
    const std::lock_guard lock(mutex_);
    ++accepted_;
  }
}

// Serves the complete requests in the input, one after the other.
void ScriptedServer::serve_requests(Connection& connection) {
  while (connection.is_open() && !connection.busy) {
    try {
      auto head = parse_head(connection.in);
      if (!head) return;
      if (connection.in.size() - head->size < head->body_size) {
        if (!connection.continued && equal_ignoring_case(head->request.header("Expect"), "100-continue")) {
          connection.continued = true;
          connection.out += "HTTP/1.1 100 Continue\r\n\r\n";
          connection.write();
        }
        return;
      }
      head->request.body = connection.in.substr(head->size, head->body_size);
      head->request.connection = connection.request.connection;
      connection.in.erase(0, head->size + head->body_size);
      connection.continued = false;
      connection.request = std::move(head->request);
    } catch (const std::exception& error) {
      connection.in.clear();
      Action refusal = failure(400, error.what());
      refusal.then = Action::Then::close;  // where the next request would begin nobody knows
      carry_out(connection, std::move(refusal));
      return;
    }
    carry_out(connection, record(connection.request));
  }
}

Action ScriptedServer::record(const RecordedRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
  if (script_.empty()) return default_;
  Action action = std::move(script_.front());
  script_.pop_front();
  return action;
}

void ScriptedServer::carry_out(Connection& connection, Action action) {
  connection.busy = true;
  connection.action = {};
  try {
    while (action.compute && action.then != Action::Then::hold) {
      action = std::function(std::move(action.compute))(connection.request);
    }
  } catch (const std::exception& error) {
    action = failure(500, error.what());
  }
  if (!connection.is_open()) return;  // the function closed it
  connection.out += action.bytes;
  connection.action = std::move(action);
  connection.write();
}

}  // namespace upstash::test
