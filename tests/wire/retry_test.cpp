// What is sent again after a failure, and what is not.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

std::string refusing_url() { return "http://127.0.0.1:" + std::to_string(refused_port()); }

/// Options with which each wait before a retry is noted, and none takes time.
ClientOptions noting_retries(ClientOptions options, std::vector<int>& retries) {
  options.retry_backoff = [&retries](int retry) {
    retries.push_back(retry);
    return 0ms;
  };
  return options;
}

TEST(Retry, ByDefaultOneAfterThreeSeconds) {
  EXPECT_EQ(ClientOptions{}.rest_retries, 1);
  EXPECT_EQ(ClientOptions{}.rest_retry_interval, 3s);
  EXPECT_EQ(ClientOptions{}.retry_policy, RetryPolicy::safe);
}

TEST(Retry, ARefusedConnectionIsTriedOnceMoreWhateverTheCommand) {
  const Redis redis(options_for(refusing_url()));
  const auto error = thrown_by<TransportError>([&] { redis.execute({"INCR", "n"}); });
  EXPECT_EQ(error.attempts(), 2);
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:")) << error.what();
  EXPECT_TRUE(holds(error.what(), "2 attempts")) << error.what();
  EXPECT_TRUE(holds(error.what(), "nothing was executed")) << error.what();
}

TEST(Retry, ReachesAServerThatCameUpInTheMeantime) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  server.stop_listening();
  ClientOptions options = options_for(server);
  options.retry_backoff = [&](int) {
    server.listen_again();
    return 0ms;
  };
  EXPECT_EQ(Redis(options).execute({"INCR", "n"}), Reply(1));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Retry, WaitsTheInterval) {
  ClientOptions options = options_for(refusing_url());
  options.rest_retry_interval = 30ms;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(Redis(options).execute({"INCR", "n"}), TransportError);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
}

TEST(Retry, AsManyAsWereAskedFor) {
  for (const int retries : {0, 3}) {
    std::vector<int> waits;
    ClientOptions options = noting_retries(options_for(refusing_url()), waits);
    options.rest_retries = retries;
    const auto error = thrown_by<TransportError>([&] { Redis(options).execute({"INCR", "n"}); });
    EXPECT_EQ(error.attempts(), retries + 1);
    EXPECT_TRUE(holds(error.what(), retries == 0 ? "1 attempt:" : "4 attempts:")) << error.what();
    EXPECT_EQ(waits, retries == 0 ? std::vector<int>{} : (std::vector<int>{1, 2, 3}));
  }
}

/// One of the things that can become of a request once it is sent, other than an answer.
struct Loss {
  std::string name;
  Action action;
};

void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.name; }

std::string name_of(const testing::TestParamInfo<Loss>& loss) { return loss.param.name; }

class LostReply : public testing::TestWithParam<Loss> {
 protected:
  static Action loss() { return GetParam().action; }
  /// A client whose connection is warm if asked for.
  Redis client(bool warm, RetryPolicy policy = RetryPolicy::safe) {
    ClientOptions options = noting_retries(options_for(server), waits);
    options.retry_policy = policy;
    Redis redis(options);
    if (warm) {
      server.enqueue(answer_json("0"));
      redis.execute({"PING"});
    }
    server.enqueue(loss());
    server.set_default(answer_json("2"));
    return redis;
  }

  ScriptedServer server;
  std::vector<int> waits;
};

INSTANTIATE_TEST_SUITE_P(
    ,
    LostReply,
    testing::Values(
        Loss("Fin", close_without_reply()),
        Loss("Rst", reset()),
        Loss("CutOff", cut_off(R"({"result":1})", 5)),
        Loss("CutOffChunk", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res"))),
    name_of);

TEST_P(LostReply, OfAWriteIsNotAskedForAgainOnAFreshConnection) {
  const Redis redis = client(false);
  const auto error = thrown_by<TransportError>([&] { redis.execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:" + std::to_string(server.port()))) << error.what();
  EXPECT_TRUE(holds(error.what(), "unknown: check before you repeat it")) << error.what();
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_TRUE(waits.empty());
}

TEST_P(LostReply, OfAWriteIsNotAskedForAgainOnAReusedConnection) {
  const Redis redis = client(true);
  const auto error = thrown_by<TransportError>([&] { redis.execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests().back().connection, 0);
  EXPECT_TRUE(waits.empty());
  // The client goes on.
  EXPECT_EQ(redis.execute(incr("n")), 2);
}

TEST_P(LostReply, OfACustomCommandCountsAsAWritesReply) {
  const Redis redis = client(true);
  EXPECT_EQ(thrown_by<TransportError>([&] { redis.execute({"GET", "n"}); }).outcome(), Outcome::unknown);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(LostReply, OfAnIdempotentCommandIsAskedForAgain) {
  const Redis redis = client(false);
  server.set_default(answer_json("\"Mg==\""));
  EXPECT_EQ(redis.execute(get("n")), "2");
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(waits, std::vector<int>{1});
}

TEST_P(LostReply, OfAnyCommandIsAskedForAgainUnderThePolicyAlways) {
  for (const bool warm : {false, true}) {
    const Redis redis = client(warm, RetryPolicy::always);
    EXPECT_EQ(redis.execute(incr("n")), 2) << warm;
    const auto requests = server.requests();
    EXPECT_EQ(requests.back().body, requests.at(requests.size() - 2).body);
  }
}

TEST_P(LostReply, OfAPipelineIsAskedForAgainOnlyIfAllItsCommandsAreIdempotent) {
  const Redis redis = client(false);
  server.set_default(answer(200, R"([{"result":"OK"},{"result":"Mg=="}])"));
  EXPECT_EQ(redis.batch(set("n", 2), get("n")), (std::tuple{true, std::optional<std::string>("2")}));
  EXPECT_EQ(server.requests().size(), 2U);
  server.enqueue(loss());
  const auto error =
      thrown_by<TransportError>([&] { static_cast<void>(redis.batch(get("n"), incr("n"), get("n"))); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_TRUE(holds(error.what(), "pipeline at ")) << error.what();
  EXPECT_EQ(server.requests().size(), 3U);
  server.enqueue(loss());
  EXPECT_THROW(static_cast<void>(redis.transaction(incr("n"))), TransportError);
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Retry, AnIdempotentCommandOnAConnectionGoneStaleIsResentAtOnce) {
  ScriptedServer server;
  std::vector<int> waits;
  ClientOptions options = noting_retries(options_for(server), waits);
  int attempts = 0;
  options.observer = [&](const RequestInfo& info) { attempts = info.attempts; };
  const Redis redis(options);
  server.enqueue(answer_json("null"));
  redis.execute(get("n"));
  for (const auto& loss : {close_without_reply, reset}) {
    server.enqueue(loss());
    server.enqueue(answer_json("\"Mg==\""));
    EXPECT_EQ(redis.execute(get("n")), "2");
  }
  EXPECT_EQ(attempts, 1);
  EXPECT_TRUE(waits.empty());
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST(Retry, TheOutcomeStaysUnknownWhenTheServerIsGoneAfterwards) {
  ScriptedServer server;
  server.enqueue(respond([&](const RecordedRequest&) {
    server.stop_listening();
    return close_without_reply();
  }));
  const auto error = thrown_by<TransportError>([&] { Redis(options_for(server)).execute(get("n")); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(error.attempts(), 2);
  EXPECT_TRUE(holds(error.what(), "it is safe to try again")) << error.what();
}

TEST(Retry, AServersErrorIsAnAnswer) {
  ScriptedServer server;
  std::vector<int> waits;
  const Redis redis(noting_retries(options_for(server), waits));
  for (const int status : {400, 500, 503, 200}) {
    server.enqueue(answer(status, R"({"error":"ERR busy"})"));
    const auto error = thrown_by<ServerError>([&] { redis.execute(get("n")); });
    EXPECT_EQ(error.http_status(), status);
    EXPECT_EQ(error.reply(), "ERR busy");
  }
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_TRUE(waits.empty());
}

TEST(Retry, AGatewaysFailureLosesTheReply) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  server.enqueue(answer(502, "<html>Bad Gateway</html>"));
  server.enqueue(answer_json("\"Mg==\""));
  EXPECT_EQ(redis.execute(get("n")), "2");
  EXPECT_EQ(server.requests().size(), 2U);

  server.enqueue(answer(502, "<html>Bad Gateway</html>"));
  const auto error = thrown_by<ProtocolError>([&] { redis.execute(incr("n")); });
  EXPECT_EQ(error.http_status(), 502);
  EXPECT_EQ(error.excerpt(), "<html>Bad Gateway</html>");
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:")) << error.what();
  EXPECT_TRUE(holds(error.what(), "proxy or load balancer")) << error.what();
  EXPECT_TRUE(holds(error.what(), "unknown: check before you repeat it")) << error.what();
  EXPECT_EQ(server.requests().size(), 3U);

  server.set_default(answer(503, ""));
  EXPECT_EQ(thrown_by<ProtocolError>([&] { redis.execute(get("n")); }).http_status(), 503);
  EXPECT_EQ(server.requests().size(), 5U);

  server.set_default(answer(503, R"({"message":"Service Unavailable"})"));
  EXPECT_EQ(thrown_by<ProtocolError>([&] { redis.execute(get("n")); }).http_status(), 503);
  EXPECT_EQ(server.requests().size(), 7U);
}

TEST(Retry, SingleCallsCanChooseOtherwise) {
  ScriptedServer server;
  server.set_default(close_without_reply());
  const Redis redis(options_for(server));
  EXPECT_THROW(redis.with({.retries = 0}).execute(get("n")), TransportError);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(
      thrown_by<TransportError>([&] {
        redis.with({.retries = 2, .retry_policy = RetryPolicy::always}).execute(incr("n"));
      }).attempts(),
      3);
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Retry, AFailedTlsHandshakeExecutesNothing) {
  ScriptedServer server;  // it does not speak TLS
  const Redis redis(options_for("https://127.0.0.1:" + std::to_string(server.port())));
  const auto error = thrown_by<TransportError>([&] { redis.execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 2);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(Retry, ANameThatDoesNotResolveExecutesNothing) {
  const Redis redis(options_for("https://database.invalid"));
  const auto error = thrown_by<TransportError>([&] { redis.with({.retries = 0}).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(error.what(), "INCR at database.invalid")) << error.what();
}

}  // namespace
}  // namespace upstash::test
