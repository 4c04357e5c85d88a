// AsyncRedis: commands that end while the connection for their request is still being made.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <future>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

/// A SOCKS proxy that makes each client wait until it is told to go on, and answers every request behind it itself.
class SlowProxy {
 public:
  SlowProxy() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, SOMAXCONN);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "socks5h://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  SlowProxy(const SlowProxy&) = delete;
  SlowProxy& operator=(const SlowProxy&) = delete;
  ~SlowProxy() { ::close(listener_); }

  [[nodiscard]] const std::string& url() const { return url_; }

  /// Takes the next connection and reads the client's greeting.
  int accept_greeting() const {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    std::array<char, 2> head{};
    read_all(fd, head.data(), 2);
    std::array<char, 255> methods{};
    read_all(fd, methods.data(), static_cast<std::size_t>(head[1]));
    return fd;
  }
  /// Lets the client through. False when it goes away instead of sending a request, else that is answered.
  static bool let_through(int fd, std::string_view reply, std::string& body) {
    send_all(fd, std::string_view("\x05\x00", 2));
    std::array<char, 5> head{};
    if (!read_all(fd, head.data(), 5)) return false;
    std::array<char, 257> name_and_port{};
    read_all(fd, name_and_port.data(), static_cast<std::size_t>(head[4]) + 2);
    send_all(fd, std::string_view("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10));
    std::string request;
    std::size_t end = std::string::npos;
    char c = 0;
    while ((end = request.find("\r\n\r\n")) == std::string::npos) {
      if (!read_all(fd, &c, 1)) return false;
      request += c;
    }
    const std::string_view name = "Content-Length: ";
    body.resize(std::stoul(request.substr(request.find(name) + name.size())));
    read_all(fd, body.data(), body.size());
    send_all(
        fd,
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(reply.size()) + "\r\n\r\n" +
            std::string(reply));
    return true;
  }

 private:
  static bool read_all(int fd, char* data, std::size_t size) {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count = ::recv(fd, data + done, size - done, 0);
      if (count <= 0) return false;
      done += static_cast<std::size_t>(count);
    }
    return true;
  }
  static void send_all(int fd, std::string_view bytes) {
    ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);  // far less than a socket takes at once
  }

  int listener_;
  std::string url_;
};

TEST(AsyncWithdrawal, WhatEndsBeforeItsRequestIsSentIsNotSent) {
  const SlowProxy proxy;
  ClientOptions options = options_for("http://database.example");
  options.allow_insecure_http = true;
  options.proxy = proxy.url();
  options.rest_retries = 0;
  const AsyncRedis redis(options);
  std::stop_source stop_first;
  std::stop_source stop_second;
  auto first = redis.with({.stop_token = stop_first.get_token()}).execute(incr("first"));
  const int first_connection = proxy.accept_greeting();
  auto second = redis.with({.stop_token = stop_second.get_token()}).execute(incr("second"));
  auto third = redis.execute(incr("third"));
  auto fourth = redis.execute(incr("fourth"));

  // The only one of its request: that is given up at once.
  stop_first.request_stop();
  EXPECT_EQ(thrown_by<CancelledError>([&] { first.get(); }).outcome(), Outcome::not_executed);
  ::close(first_connection);

  // One of several: they go on without it.
  const int connection = proxy.accept_greeting();
  stop_second.request_stop();
  const auto error = thrown_by<CancelledError>([&] { second.get(); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(error.what(), "nothing was executed")) << error.what();
  std::string body;
  EXPECT_FALSE(SlowProxy::let_through(connection, "", body));
  ::close(connection);
  const int last_connection = proxy.accept_greeting();
  EXPECT_TRUE(SlowProxy::let_through(last_connection, R"([{"result":3},{"result":4}])", body));
  EXPECT_EQ(body, R"([["INCR","third"],["INCR","fourth"]])");
  EXPECT_EQ(third.get(), 3);
  EXPECT_EQ(fourth.get(), 4);
  ::close(last_connection);
}

TEST(AsyncWithdrawal, DeadlinesThatPassBeforeTheConnectionIsMadeExecuteNothing) {
  const SlowProxy proxy;
  ClientOptions options = options_for("http://database.example");
  options.allow_insecure_http = true;
  options.proxy = proxy.url();
  options.timeout = 30ms;
  const AsyncRedis redis(options);
  std::vector<Future<std::int64_t>> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(redis.execute(incr("n")));
  for (auto& future : futures) {
    EXPECT_EQ(thrown_by<TimeoutError>([&] { future.get(); }).outcome(), Outcome::not_executed);
  }
}

}  // namespace
}  // namespace upstash::test
