// Both clients over TLS: HTTP/2, certificates, connections that end in the middle of something.
#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "process.hpp"
#include "sample_commands.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

class TlsServer {
 public:
  explicit TlsServer(const std::vector<std::string>& options = {}) : process_(command(options)) {
    const auto port = process_.read_line();
    if (!port) throw std::runtime_error("tls_server.py did not start: " + process_.read_errors());
    url_ = "https://127.0.0.1:" + *port;
  }

  [[nodiscard]] ClientOptions options(const std::string& certificate = "ca.pem") const {
    ClientOptions options = options_for(url_);
    options.rest_encoding = Encoding::none;
    options.ca_file = folder_.path() / certificate;
    return options;
  }

 private:
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& options) const {
    std::vector<std::string> words{UPSTASH_PYTHON, UPSTASH_TLS_SERVER, folder_.path()};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }

  const ScratchFolder folder_;
  Process process_;
  std::string url_;
};

ClientOptions without_gathering(ClientOptions options) {
  options.auto_pipelining = false;
  return options;
}

std::int64_t connections(const ClientOptions& options) {
  return Redis(options).execute({"CONNECTIONS"}).integer() - 1;  // this one does not count
}

TEST(Http2, AThousandRequestsShareFewConnections) {
  const TlsServer server;
  const AsyncRedis redis(without_gathering(server.options()));
  std::vector<Future<Reply>> replies;
  for (int i = 0; i < 1000; ++i) replies.push_back(redis.execute({"PROTOCOL"}));
  for (auto& reply : replies) ASSERT_EQ(reply.get(), Reply("h2"));
  EXPECT_LE(connections(server.options()), 3);
}

TEST(Http2, IsSpokenWhenCommandsGather) {
  const TlsServer server;
  const AsyncRedis redis(server.options());
  std::vector<Future<Reply>> replies;
  for (int i = 0; i < 300; ++i) replies.push_back(redis.execute({"PROTOCOL"}));
  for (auto& reply : replies) ASSERT_EQ(reply.get(), Reply("h2"));
  EXPECT_EQ(connections(server.options()), 1);
}

TEST(Tls, AServerOfHttp11IsServedOverABoundedNumberOfConnections) {
  const TlsServer server({"--http1"});
  const ClientOptions options = without_gathering(server.options());
  const AsyncRedis redis(options);
  std::vector<Future<Reply>> replies;
  for (int i = 0; i < 500; ++i) replies.push_back(redis.execute({"PROTOCOL"}));
  for (auto& reply : replies) ASSERT_EQ(reply.get(), Reply("http/1.1"));
  EXPECT_LE(connections(options), static_cast<std::int64_t>(options.max_idle_connections));
}

TEST(Tls, TheSynchronousClientSpeaksHttp11) {
  const TlsServer server;
  const Redis redis(server.options());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(redis.execute({"PROTOCOL"}), Reply("http/1.1"));
  EXPECT_EQ(redis.execute({"CONNECTIONS"}), Reply(1));
}

TEST(Tls, AnUnknownCertificateIsRefusedBeforeAnythingIsSent) {
  const TlsServer server;
  const auto check = [](const TransportError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_executed);
    EXPECT_TRUE(holds(error.what(), "certificate")) << error.what();
  };
  const ClientOptions options = server.options("other.pem");
  check(thrown_by<TransportError>([&] { Redis(options).execute(incr("n")); }));
  check(thrown_by<TransportError>([&] { AsyncRedis(options).execute(incr("n")).get(); }));
  EXPECT_EQ(Redis(server.options()).execute({"SEEN", "n"}), Reply(0));
}

TEST(Http2, WhatIsRefusedOrCutOffIsNotSentAgainUnlessThatIsHarmless) {
  const TlsServer server;
  for (const std::string accident : {"refused", "reset", "goaway", "vanish"}) {
    SCOPED_TRACE(accident);
    const AsyncRedis redis(without_gathering(server.options()));
    EXPECT_EQ(redis.execute(incr("n")).get(), 1);
    auto write = redis.execute(incr(accident));
    EXPECT_EQ(thrown_by<TransportError>([&] { write.get(); }).outcome(), Outcome::unknown);
    EXPECT_EQ(redis.execute({"SEEN", accident}).get(), Reply(1));
    EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  }
  const TlsServer another;
  for (const std::string accident : {"refused", "reset", "goaway", "vanish"}) {
    SCOPED_TRACE(accident);
    const AsyncRedis redis(without_gathering(another.options()));
    EXPECT_EQ(redis.execute(incr("n")).get(), 1);
    auto write = redis.with({.retry_policy = RetryPolicy::always}).execute(incr(accident));
    EXPECT_EQ(write.get(), 1);
    EXPECT_EQ(redis.execute({"SEEN", accident}).get(), Reply(2));
  }
}

// The default action of SIGPIPE would end this program.
TEST(Tls, AConnectionThatEndsWhileItIsWrittenToRaisesNoSignal) {
  const std::string large(8'000'000, 'x');
  for (const std::vector<std::string>& protocol : {std::vector<std::string>{}, {"--http1"}}) {
    const TlsServer server(protocol);
    for (int round = 0; round < 2; ++round) {
      const Redis redis(server.options());
      EXPECT_THROW(redis.with({.retries = 0}).execute(set("k", large)), TransportError);
      const AsyncRedis async(server.options());
      EXPECT_THROW(async.with({.retries = 0}).execute(set("k", large)).get(), TransportError);
      EXPECT_EQ(async.execute(incr("n")).get(), 1);
    }
  }
}

/// Knows when it begins to be destroyed.
struct StaticClient {
  AsyncRedis redis;
  inline static bool gone = false;
  ~StaticClient() { gone = true; }
};

TEST(TlsDeathTest, AStaticClientIsGoneBeforeOpenSslIs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a program where libcurl was not used before
  EXPECT_EXIT(
      {
        const TlsServer server;
        static const StaticClient client{AsyncRedis(without_gathering(server.options()))};
        client.redis.execute(incr("n")).get();
        for (int i = 0; i < 100; ++i) static_cast<void>(client.redis.execute(incr("n")));
        OPENSSL_atexit([] {
          if (!StaticClient::gone) ::_exit(3);
        });
        std::exit(0);
      },
      ::testing::ExitedWithCode(0),
      "");
}

}  // namespace
}  // namespace upstash::test
