// Connections: kept alive, reused, replaced when they went stale, and how requests go over them.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include <upstash/redis.hpp>

#include "base64.hpp"
#include "client_for.hpp"
#include "environment_variable.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

TEST(Connection, IsMadeWithTheFirstCommandAndKept) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  const Redis redis(options_for(server));
  EXPECT_EQ(server.connections_accepted(), 0U);
  for (int i = 0; i < 20; ++i) redis.execute(incr("n"));
  const Redis copy = redis;
  copy.execute({"PING"});
  redis.with({.retries = 0}).execute({"PING"});
  EXPECT_EQ(server.connections_accepted(), 1U);
}

TEST(Connection, ClosedWhileIdleIsNoErrorAndNothingIsSentTwice) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  server.set_default(answer_json("1"));
  for (int i = 0; i < 5; ++i) {
    server.enqueue(answer_and_close(200, R"({"result":1})"));
    EXPECT_EQ(redis.execute(incr("n")), 1);
  }
  server.close_idle_connections();
  EXPECT_EQ(redis.execute(incr("n")), 1);
  server.close_idle_connections();
  EXPECT_EQ(redis.execute({"PING"}), Reply(1));
  EXPECT_EQ(server.requests().size(), 7U);
}

TEST(Connection, AnnouncedAsClosedIsNotUsedAgain) {
  ScriptedServer server;
  server.set_default(answer(200, R"({"result":1})", {{"Connection", "close"}}));
  const Redis redis(options_for(server));
  EXPECT_EQ(redis.execute(incr("n")), 1);
  EXPECT_EQ(redis.execute(incr("n")), 1);
  EXPECT_EQ(server.connections_accepted(), 2U);
}

TEST(Connection, IsNotKeptWhenNoneMayBeIdle) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  ClientOptions options = options_for(server);
  options.max_idle_connections = 0;
  const Redis redis(options);
  redis.execute(incr("n"));
  redis.execute(incr("n"));
  EXPECT_EQ(server.connections_accepted(), 2U);
}

TEST(Connection, CarriesRequestsAndRepliesOfManyMegabytes) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  std::string value(std::size_t{2} << 20, 'v');
  value += "é\n";
  server.enqueue(answer_json("\"OK\""));
  EXPECT_TRUE(redis.execute(set("k", value)));
  const RecordedRequest request = server.requests().back();
  EXPECT_EQ(request.header("Expect"), "");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.body, R"(["SET","k",")" + value.substr(0, value.size() - 1) + R"(\n"])");
  EXPECT_EQ(request.header("Content-Length"), std::to_string(request.body.size()));

  const std::string quoted = "\"" + detail::base64_encode(value) + "\"";
  server.enqueue(answer_json(quoted));
  EXPECT_EQ(redis.execute(get("k")), value);
  server.enqueue(chunked({R"({"result":)", quoted.substr(0, 1000), quoted.substr(1000), "}"}));
  EXPECT_EQ(redis.execute(get("k")), value);
  EXPECT_EQ(server.connections_accepted(), 1U);
}

TEST(Connection, KeepsThePathOfTheUrl) {
  ScriptedServer server;
  server.set_default(answer_json("[]"));
  const Redis redis(options_for(server.url() + "/db/1//"));
  redis.execute({"PING"});
  EXPECT_EQ(server.requests().back().target, "/db/1/");
  Pipeline pipeline = redis.pipeline();
  EXPECT_THROW(pipeline.execute({"PING"}).exec(), ProtocolError);
  EXPECT_EQ(server.requests().back().target, "/db/1/pipeline");
}

TEST(Connection, GoesThroughAProxyWhenToldTo) {
  const EnvironmentVariable lower("no_proxy", {});
  const EnvironmentVariable upper("NO_PROXY", {});
  ScriptedServer proxy;
  proxy.set_default(answer_json("1"));
  ClientOptions options = options_for("http://database.localhost:1");
  options.proxy = proxy.url();
  EXPECT_EQ(Redis(options).execute(incr("n")), 1);
  EXPECT_EQ(proxy.requests().back().target, "http://database.localhost:1/");
}

}  // namespace
}  // namespace upstash::test
