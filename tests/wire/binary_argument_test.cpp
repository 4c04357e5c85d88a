// Bytes that are not UTF-8 arrive, and come back, as they are.
#include <gtest/gtest.h>

#include <string>

#include <upstash/redis.hpp>

#include "base64.hpp"
#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

std::string every_byte() {
  std::string bytes;
  for (int byte = 255; byte >= 0; --byte) bytes += static_cast<char>(byte);
  return bytes;
}

TEST(BinaryArgument, TravelsAsTheRawBody) {
  ScriptedServer server;
  server.set_default(answer_json("\"OK\""));
  const Redis redis(options_for(server));
  EXPECT_TRUE(redis.execute(set("a key/é", every_byte())));
  RecordedRequest request = server.requests().back();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/SET/a%20key%2F%C3%A9");
  EXPECT_EQ(request.body, every_byte());
  EXPECT_EQ(request.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(request.header("Authorization"), "Bearer " + std::string(test_token));
  EXPECT_EQ(request.header("Upstash-Encoding"), "base64");

  redis.execute({"SET", "k", "\xff"s, "EX", 100, "NX"});
  request = server.requests().back();
  EXPECT_EQ(request.target, "/SET/k?EX=100&NX");
  EXPECT_EQ(request.body, "\xff");
}

TEST(BinaryArgument, WhichIsUtf8AfterAllTravelsAsJson) {
  ScriptedServer server;
  server.set_default(answer_json("\"OK\""));
  EXPECT_TRUE(Redis(options_for(server)).execute(set("k", "\0\x01\x7f é"s)));
  EXPECT_EQ(server.requests().back().target, "/");
  EXPECT_EQ(server.requests().back().body, "[\"SET\",\"k\",\"\\u0000\\u0001\x7f é\"]");
}

TEST(BinaryArgument, ComesBackInEveryEncodingThatCanCarryIt) {
  ScriptedServer server;
  ClientOptions options = options_for(server);
  server.enqueue(answer_json("\"" + detail::base64_encode(every_byte()) + "\""));
  EXPECT_EQ(Redis(options).execute(get("k")), every_byte());
  options.rest_encoding = Encoding::resp2;
  server.enqueue(answer(200, "$256\r\n" + every_byte() + "\r\n"));
  EXPECT_EQ(Redis(options).execute(get("k")), every_byte());
}

TEST(BinaryArgument, FollowsTheSameRulesOfRetry) {
  ScriptedServer server;
  server.enqueue(close_without_reply());
  server.enqueue(answer_json("\"OK\""));
  const Redis redis(options_for(server));
  EXPECT_TRUE(redis.execute(set("k", "\xff")));
  EXPECT_EQ(server.requests().at(1).body, "\xff");
  EXPECT_EQ(server.requests().at(1).target, "/SET/k");
  server.enqueue(close_without_reply());
  EXPECT_THROW(redis.execute({"APPEND", "k", "\xff"}), TransportError);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(BinaryArgument, ASecondOneIsRefusedBeforeAnythingIsSent) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  const std::string message = message_of<UsageError>([&] { redis.execute(set("\xff", "\xfe")); });
  EXPECT_TRUE(holds(message, "SET: arguments 1 and 2")) << message;
  EXPECT_THROW(redis.execute({"SET", "", "\xff"}), UsageError);
  EXPECT_EQ(server.connections_accepted(), 0U);
}

}  // namespace
}  // namespace upstash::test
