// What Redis and the API answer as an error.
#include <gtest/gtest.h>

#include <string>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

TEST(ServerErrors, NameTheCommandAndTheHostAndKeepTheServersText) {
  ScriptedServer server;
  server.enqueue(answer(400, R"({"error":"WRONGTYPE Operation against a key"})"));
  const auto error = thrown_by<ServerError>([&] { Redis(options_for(server)).execute(incr("key-content")); });
  EXPECT_EQ(error.code(), "WRONGTYPE");
  EXPECT_EQ(error.reply(), "WRONGTYPE Operation against a key");
  EXPECT_EQ(error.command(), "INCR");
  EXPECT_EQ(error.http_status(), 400);
  EXPECT_EQ(
      std::string(error.what()),
      "INCR at 127.0.0.1:" + std::to_string(server.port()) + ": WRONGTYPE Operation against a key");
}

TEST(ServerErrors, NameACustomCommandInUpperCase) {
  ScriptedServer server;
  server.enqueue(answer(400, R"({"error":"ERR no"})"));
  const auto error = thrown_by<ServerError>([&] {
    Redis(options_for(server)).execute({"xadd", "key-content", "value-content"});
  });
  EXPECT_EQ(error.command(), "XADD");
  EXPECT_FALSE(holds(error.what(), "content")) << error.what();
}

TEST(ServerErrors, ArriveInResp2Too) {
  ScriptedServer server;
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::resp2;
  server.enqueue(answer(400, "-WRONGTYPE no\r\n"));
  EXPECT_EQ(thrown_by<ServerError>([&] { Redis(options).execute(incr("n")); }).code(), "WRONGTYPE");
  server.enqueue(answer(400, R"({"error":"ERR said in JSON"})"));
  EXPECT_EQ(thrown_by<ServerError>([&] { Redis(options).execute(incr("n")); }).reply(), "ERR said in JSON");
}

TEST(ServerErrors, AnotherTextThanACodeHasNone) {
  ScriptedServer server;
  server.enqueue(answer(400, R"({"error":"something else"})"));
  EXPECT_EQ(thrown_by<ServerError>([&] { Redis(options_for(server)).execute(incr("n")); }).code(), "");
}

TEST(AuthErrors, ComeFrom401WithAHint) {
  ScriptedServer server;
  for (const std::string text : {"Unauthorized", "WRONGPASS invalid or missing auth token"}) {
    server.enqueue(answer(401, R"({"error":")" + text + "\"}"));
    const auto error = thrown_by<AuthError>([&] { Redis(options_for(server)).execute(get("n")); });
    EXPECT_EQ(error.reply(), text);
    EXPECT_EQ(error.http_status(), 401);
    EXPECT_TRUE(holds(error.what(), "GET at ")) << error.what();
    EXPECT_TRUE(holds(error.what(), "check the token")) << error.what();
    EXPECT_TRUE(holds(error.what(), "UPSTASH_REDIS_REST_TOKEN")) << error.what();
  }
}

TEST(AuthErrors, ComeFrom401WhateverTheBody) {
  ScriptedServer server;
  for (const std::string body : {"", "<html>Unauthorized</html>", R"({"message":"Unauthorized"})"}) {
    server.enqueue(answer(401, body));
    const auto error = thrown_by<AuthError>([&] { Redis(options_for(server)).execute(get("n")); });
    EXPECT_EQ(error.reply(), "HTTP 401: " + body);
    EXPECT_EQ(error.http_status(), 401);
  }
}

TEST(AuthErrors, ComeFromNopermWithAnotherHint) {
  ScriptedServer server;
  server.enqueue(answer(400, R"({"error":"NOPERM this user has no permissions to run the 'incr' command"})"));
  const auto error = thrown_by<AuthError>([&] { Redis(options_for(server)).execute(incr("n")); });
  EXPECT_EQ(error.code(), "NOPERM");
  EXPECT_EQ(error.http_status(), 400);
  EXPECT_TRUE(holds(error.what(), "read-only token")) << error.what();
}

TEST(AuthErrors, OfOneSlotAreAuthErrorsToo) {
  ScriptedServer server;
  server.enqueue(answer(200, R"([{"result":1},{"error":"NOPERM no"}])"));
  const Redis redis(options_for(server));
  EXPECT_EQ(
      thrown_by<AuthError>([&] { static_cast<void>(redis.batch(incr("a"), incr("b"))); }).command(), "INCR");
}

TEST(AuthErrors, OfAWholePipelineNameIt) {
  ScriptedServer server;
  server.enqueue(answer(401, R"({"error":"Unauthorized"})"));
  const Redis redis(options_for(server));
  EXPECT_EQ(
      thrown_by<AuthError>([&] { static_cast<void>(redis.batch(incr("a"), incr("b"))); }).command(),
      "pipeline");
}

TEST(ServerErrors, NeverShowTheTokenAlsoWhenItIsEchoed) {
  ScriptedServer server;
  const std::string token(test_token);
  server.enqueue(answer(401, R"({"error":"Unauthorized: )" + token + " and " + token + "\"}"));
  const auto error = thrown_by<AuthError>([&] { Redis(options_for(server)).execute(get("n")); });
  EXPECT_EQ(error.reply(), "Unauthorized: *** and ***");
  EXPECT_FALSE(holds(error.what(), token)) << error.what();
}

TEST(ServerErrors, LeaveTheConnectionOpen) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  for (int i = 0; i < 10; ++i) {
    server.enqueue(answer(400, R"({"error":"ERR no"})"));
    EXPECT_THROW(redis.execute(incr("n")), ServerError);
    server.enqueue(answer_json("1"));
    EXPECT_EQ(redis.execute(incr("n")), 1);
  }
  EXPECT_EQ(server.connections_accepted(), 1U);
}

}  // namespace
}  // namespace upstash::test
