// Pipelines and transactions: one request, results in order, errors in their place.
#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

class PipelineTest : public testing::Test {
 protected:
  ScriptedServer server;
  Redis redis{options_for(server)};
};

TEST_F(PipelineTest, TravelsAsOneRequestInOrder) {
  server.enqueue(answer(200, R"([{"result":"OK"},{"result":2},{"result":"Mg=="},{"result":["YQ==",null]}])"));
  Pipeline pipeline = redis.pipeline();
  EXPECT_TRUE(pipeline.empty());
  pipeline.add(set("foo", 1));
  pipeline.add(incr("foo")).add(get("foo")).execute({"MGET", "a", 5});
  EXPECT_EQ(pipeline.size(), 4U);
  EXPECT_EQ(server.connections_accepted(), 0U);
  const PipelineResults results = pipeline.exec();
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].target, "/pipeline");
  EXPECT_EQ(
      server.requests()[0].body, R"([["SET","foo","1"],["INCR","foo"],["GET","foo"],["MGET","a","5"]])");
  std::ostringstream out;
  out << results;
  EXPECT_EQ(out.str(), R"([true, 2, "2", ["a", null]])");
  EXPECT_EQ(results.get<std::int64_t>(1), 2);
  EXPECT_EQ(results.get<Reply>(3).size(), 2U);
  EXPECT_EQ(results.command(3), "MGET");
}

TEST_F(PipelineTest, AsATransactionGoesToItsOwnEndpoint) {
  server.enqueue(answer(200, R"([{"result":1}])"));
  Pipeline transaction = redis.multi();
  EXPECT_EQ(transaction.add(incr("n")).exec().as<std::int64_t>(), std::tuple{1});
  EXPECT_EQ(server.requests()[0].target, "/multi-exec");
  EXPECT_EQ(server.requests()[0].body, R"([["INCR","n"]])");
}

TEST_F(PipelineTest, WithoutCommandsSendsNothing) {
  EXPECT_TRUE(redis.pipeline().exec().empty());
  EXPECT_TRUE(redis.multi().exec().empty());
  EXPECT_EQ(redis.batch(), std::tuple<>());
  EXPECT_EQ(server.connections_accepted(), 0U);
}

TEST_F(PipelineTest, IsEmptyAfterwardsAndCanBeUsedAgain) {
  server.enqueue(answer(200, R"([{"result":1},{"result":2}])"));
  server.enqueue(answer(200, R"([{"result":3}])"));
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("a")).add(incr("b")).exec();
  EXPECT_TRUE(pipeline.empty());
  EXPECT_EQ(pipeline.add(incr("c")).exec().get<std::int64_t>(0), 3);
  EXPECT_EQ(server.requests().back().body, R"([["INCR","c"]])");
}

TEST_F(PipelineTest, IsEmptyAfterwardsAlsoWhenItFailed) {
  Pipeline pipeline = redis.pipeline();
  for (const Action& failure :
       {answer(200, R"([{"error":"ERR no"}])"),
        answer(400, R"({"error":"ERR no"})"),
        answer(200, "<html>"),
        close_without_reply()}) {
    server.enqueue(failure);
    pipeline.add(incr("n"));
    EXPECT_THROW(pipeline.exec(), Error);
    EXPECT_TRUE(pipeline.empty());
    EXPECT_EQ(server.requests().back().body, R"([["INCR","n"]])");
  }
}

TEST_F(PipelineTest, KnowsItsIdempotencyAnewEachTime) {
  Pipeline pipeline = redis.pipeline();
  server.enqueue(close_without_reply());
  pipeline.add(incr("n")).add(get("n"));
  EXPECT_THROW(pipeline.exec(), TransportError);
  for (const bool cleared : {false, true}) {
    if (cleared) pipeline.add(incr("n")).clear();
    server.enqueue(close_without_reply());
    server.enqueue(answer(200, R"([{"result":null}])"));
    EXPECT_EQ(pipeline.add(get("n")).exec().size(), 1U);
  }
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST_F(PipelineTest, CanBeCleared) {
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("n")).clear();
  EXPECT_TRUE(pipeline.empty());
  EXPECT_TRUE(pipeline.exec().empty());
  EXPECT_EQ(server.connections_accepted(), 0U);
}

TEST_F(PipelineTest, ThrowsTheFirstErrorWithSlotAndCommand) {
  server.enqueue(answer(200, R"([{"result":1},{"error":"WRONGTYPE no"},{"error":"ERR later"}])"));
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("a")).add(incr("key-content")).add(get("c"));
  const auto error = thrown_by<ServerError>([&] { pipeline.exec(); });
  EXPECT_EQ(error.code(), "WRONGTYPE");
  EXPECT_EQ(error.command(), "INCR");
  EXPECT_EQ(error.http_status(), 200);
  EXPECT_TRUE(holds(error.what(), "INCR (pipeline slot 1) at 127.0.0.1:")) << error.what();
  EXPECT_FALSE(holds(error.what(), "key-content")) << error.what();
}

TEST_F(PipelineTest, KeepsErrorsWhenAskedTo) {
  server.enqueue(answer(200, R"([{"result":1},{"error":"WRONGTYPE no"},{"result":"Yw=="}])"));
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("a")).add(incr("b")).add(get("c"));
  const PipelineResults results = pipeline.exec({.keep_errors = true});
  EXPECT_EQ(results.get<std::int64_t>(0), 1);
  ASSERT_NE(results.error(1), nullptr);
  EXPECT_EQ(results.error(1)->code(), "WRONGTYPE");
  EXPECT_EQ(results.get<std::optional<std::string>>(2), "c");
  EXPECT_EQ(
      thrown_by<ServerError>([&] { static_cast<void>(results.get<std::int64_t>(1)); }).code(), "WRONGTYPE");
}

TEST_F(PipelineTest, ADiscardedTransactionIsOneErrorEvenWhenErrorsAreKept) {
  server.enqueue(answer(400, R"({"error":"EXECABORT Transaction discarded because of: ERR x"})"));
  Pipeline transaction = redis.multi();
  transaction.add(incr("a")).add(incr("b"));
  const auto error = thrown_by<ServerError>([&] { transaction.exec({.keep_errors = true}); });
  EXPECT_EQ(error.code(), "EXECABORT");
  EXPECT_EQ(error.command(), "transaction");
  EXPECT_EQ(error.http_status(), 400);
  EXPECT_TRUE(holds(error.what(), "transaction at ")) << error.what();
}

TEST_F(PipelineTest, AnotherNumberOfRepliesIsRefused) {
  for (const char* const body :
       {"[]", R"([{"result":1}])", R"([{"result":1},{"result":2},{"result":3}])", R"({"result":1})"}) {
    server.enqueue(answer(200, body));
    const std::string message =
        message_of<ProtocolError>([&] { static_cast<void>(redis.batch(incr("a"), incr("b"))); });
    EXPECT_TRUE(holds(message, "a list of 2 replies")) << message;
    EXPECT_TRUE(holds(message, "pipeline at ")) << message;
  }
}

TEST_F(PipelineTest, AReplyOfAnotherShapeNamesSlotAndCommand) {
  server.enqueue(answer(200, R"([{"result":"YQ=="},{"result":"YQ=="}])"));
  const std::string message =
      message_of<ProtocolError>([&] { static_cast<void>(redis.batch(get("a"), incr("key-content"))); });
  EXPECT_TRUE(holds(message, "INCR (pipeline slot 1): expected an integer")) << message;
  EXPECT_FALSE(holds(message, "key-content")) << message;
}

TEST_F(PipelineTest, ABinaryArgumentIsRefusedWhenItIsAddedAndNothingIsLost) {
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("n"));
  const std::string message = message_of<UsageError>([&] { pipeline.add(set("k", "\xff")); });
  EXPECT_TRUE(holds(message, "SET: argument 2 is not UTF-8")) << message;
  EXPECT_TRUE(holds(message, "base64")) << message;
  EXPECT_EQ(pipeline.size(), 1U);
  server.enqueue(answer(200, R"([{"result":1}])"));
  EXPECT_EQ(pipeline.exec().size(), 1U);
  EXPECT_EQ(server.requests().back().body, R"([["INCR","n"]])");
}

TEST_F(PipelineTest, OutlivesItsClient) {
  server.enqueue(answer(200, R"([{"result":1}])"));
  Pipeline pipeline = Redis(options_for(server)).pipeline();
  EXPECT_EQ(pipeline.add(incr("n")).exec().get<std::int64_t>(0), 1);
}

TEST_F(PipelineTest, IsMovedWithItsCommands) {
  server.enqueue(answer(200, R"([{"result":1}])"));
  Pipeline pipeline = redis.pipeline();
  pipeline.add(incr("n"));
  Pipeline moved = std::move(pipeline);
  EXPECT_EQ(moved.exec().size(), 1U);
}

TEST_F(PipelineTest, CanBeKeptFromAChainAndCopied) {
  server.set_default(answer(200, R"([{"result":1},{"result":2}])"));
  auto pipeline = redis.pipeline().add(incr("a")).add(incr("b"));
  Pipeline copy = pipeline;
  copy.clear();
  EXPECT_EQ((pipeline.exec().as<std::int64_t, std::int64_t>()), std::tuple(1, 2));
  static_assert(!std::copy_constructible<PipelineResults>);  // the error is one line, not the vector's
}

TEST_F(PipelineTest, HoldsThousandsOfCommands) {
  std::string body;
  Pipeline pipeline = redis.pipeline();
  for (int i = 0; i < 5000; ++i) {
    pipeline.add(incr("n")).add(get("n"));
    body += (i == 0 ? R"([{"result":)" : R"(,{"result":)") + std::to_string(i) + R"(},{"result":"Yw=="})";
  }
  server.enqueue(answer(200, body + "]"));
  const PipelineResults results = pipeline.exec();
  ASSERT_EQ(results.size(), 10'000U);
  for (std::size_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(results.get<std::int64_t>(2 * i), static_cast<std::int64_t>(i));
    ASSERT_EQ(results.get<std::optional<std::string>>(2 * i + 1), "c");
  }
}

TEST_F(PipelineTest, BatchesAreTypedAtCompileTime) {
  server.enqueue(answer(200, R"([{"result":"OK"},{"result":2},{"result":"Mg=="}])"));
  const auto [ok, number, text] = redis.batch(set("foo", 1), incr("foo"), get("foo"));
  static_assert(std::is_same_v<decltype(ok), const bool>);
  static_assert(std::is_same_v<decltype(number), const std::int64_t>);
  EXPECT_TRUE(ok);
  EXPECT_EQ(number, 2);
  EXPECT_EQ(text, "2");
  EXPECT_EQ(server.requests().back().target, "/pipeline");
  server.enqueue(answer(200, R"([{"result":"OK"},{"result":2}])"));
  const auto [ok2, number2] = redis.transaction(set("foo", 1), incr("foo"));
  EXPECT_TRUE(ok2);
  EXPECT_EQ(number2, 2);
  EXPECT_EQ(server.requests().back().target, "/multi-exec");
  server.enqueue(answer(200, R"([{"result":"OK"},{"error":"ERR no"}])"));
  EXPECT_TRUE(holds(
      message_of<ServerError>([&] { static_cast<void>(redis.batch(set("foo", 1), incr("foo"))); }),
      "INCR (pipeline slot 1)"));
}

}  // namespace
}  // namespace upstash::test
