// Subscriptions and monitors on a real server.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "event_log.hpp"
#include "local_server.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

ClientOptions options_for(const LocalServer& server) {
  return {.url = server.url(), .token = server.token(), .timeout = 20s, .reconnect_backoff = [](int) {
            return 5ms;
          }};
}

TEST(LivePubSub, ChannelsAndPatterns) {
  const LocalServer server;
  const Redis redis(options_for(server));
  EventLog log;
  const Subscription handled = redis.subscribe({"a,b", "chat"}, log.handlers());
  Subscription channels = redis.subscribe({"chat", "other"});
  Subscription patterns = redis.psubscribe({"c*", "x"});
  EXPECT_EQ(redis.publish("chat", "hello, world"), 3);
  EXPECT_EQ(redis.publish("a,b", "c,d"), 1);
  EXPECT_EQ(
      log.take(4),
      (EventLog::Lines{
          "subscribed a,b 1", "subscribed chat 2", "message chat  hello, world", "message a,b  c,d"}));
  EXPECT_EQ(channels.next(), (Message{.channel = "chat", .payload = "hello, world"}));
  EXPECT_EQ(patterns.next(), (Message{.channel = "chat", .pattern = "c*", .payload = "hello, world"}));
  channels.unsubscribe();
  while (redis.pubsub_numsub({"chat"}).at("chat") != 1) {  // as soon as the server has noticed
  }
}

TEST(LivePubSub, PayloadsAndNamesOfAnyBytes) {
  const LocalServer server;
  const Redis redis(options_for(server));
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  Subscription text = redis.subscribe("chat");
  for (const std::string& payload :
       {""s, "\n"s, "\r\n\r\n"s, " x"s, "a\nb\n\nc\n"s, "\r"s, ",,"s, every_byte, every_byte + every_byte}) {
    redis.publish("chat", payload);
    EXPECT_EQ(text.next(20s), (Message{.channel = "chat", .payload = payload}));
  }
  const std::string name = "\xff/ \0,\r"s;
  Subscription binary = redis.subscribe(name);
  redis.publish(name, "x,y");
  EXPECT_EQ(binary.next(20s), (Message{.channel = name, .payload = "x,y"}));
  const std::string large(5'000'000, 'x');
  redis.publish("chat", large);
  EXPECT_EQ(text.next(20s)->payload, large);
}

TEST(LivePubSub, Monitor) {
  const LocalServer server;
  const Redis redis(options_for(server));
  Monitor monitor = redis.monitor();
  redis.set("k", "a \"b\"\\\n\0\xff"s);
  const std::optional<MonitoredCommand> command = monitor.next(20s);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->arguments, (std::vector<std::string>{"SET", "k", "a \"b\"\\\n\0\xff"s}));
  EXPECT_EQ(command->database, 0);
  EXPECT_NE(command->client, "");
  EXPECT_LT(std::chrono::abs(command->time - std::chrono::system_clock::now()), 1min);
}

TEST(LivePubSub, Asynchronous) {
  const LocalServer server;
  const AsyncRedis redis(options_for(server));
  AsyncSubscription subscription = redis.subscribe({"chat"});
  subscription.confirmed().get();
  for (int i = 0; i < 1000; ++i) static_cast<void>(redis.publish("chat", std::to_string(i)));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(subscription.next().get()->payload, std::to_string(i));
}

TEST(LivePubSub, AServerThatGoesAndComesBackLeavesAGap) {
  std::optional<LocalServer> server(std::in_place);
  const std::string port = server->url().substr(server->url().rfind(':') + 1);
  const Redis redis(options_for(*server));
  EventLog log;
  const Subscription subscription = redis.subscribe({"chat"}, log.handlers());
  EXPECT_EQ(log.take(1), EventLog::Lines{"subscribed chat 1"});
  const std::string token = server->token();
  server.reset();
  server.emplace(std::vector<std::string>{"--port", port, "--token", token});
  EXPECT_TRUE(log.take(1).at(0).starts_with("gap "));
  EXPECT_EQ(log.take(1), EventLog::Lines{"subscribed chat 1"});
  redis.publish("chat", "x");
  EXPECT_EQ(log.take(1), EventLog::Lines{"message chat  x (after a gap)"});
}

TEST(LivePubSub, AWrongTokenIsRefused) {
  const LocalServer server;
  ClientOptions options = options_for(server);
  options.token = "wrong";
  EXPECT_THROW(static_cast<void>(Redis(options).subscribe({"chat"})), AuthError);
}

}  // namespace
}  // namespace upstash::test
