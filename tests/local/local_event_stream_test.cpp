#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event_stream_client.hpp"
#include "http_connection.hpp"
#include "running_server.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

// Asks again and again, but not for ever.
template <typename Condition>
bool soon(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

class LocalEventStream : public testing::Test {
 protected:
  HttpReply get(std::string_view path) { return connection_.request("GET", path, {authorized}); }
  HttpReply post(std::string_view path, std::string_view body = {}, Strings headers = {authorized}) {
    return connection_.request("POST", path, headers, body);
  }
  // How many subscribers got it.
  std::string publish(const std::string& channel, std::string_view message) {
    return post("/publish/" + channel, message).body;
  }
  EventStreamClient open(std::string_view target, Strings headers = {authorized}) {
    return {server_.port(), target, std::move(headers)};
  }
  std::string connected_clients() {
    const std::string info = get("/info/clients").body;
    const std::size_t begin = info.find("connected_clients:");
    return info.substr(begin, info.find("\\r", begin) - begin);
  }

  RunningServer server_{{"--readonly-token", "reader"}};
  HttpConnection connection_{server_.port()};
};

TEST_F(LocalEventStream, TellsOfChannels) {
  EventStreamClient stream = open("/subscribe/chat/a%2Fb%20+");
  EXPECT_EQ(stream.head().headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(stream.head().headers.at("cache-control"), "no-cache");
  EXPECT_EQ(stream.head().headers.at("transfer-encoding"), "chunked");
  EXPECT_FALSE(stream.head().headers.at("upstash-sync-token").empty());
  EXPECT_EQ(stream.read_event(), "data: subscribe,chat,1");
  EXPECT_EQ(stream.read_event(), "data: subscribe,a/b +,2");

  EXPECT_EQ(publish("chat", "hello, world"), R"({"result":1})");
  EXPECT_EQ(stream.read_event(), "data: message,chat,hello, world");
  EXPECT_EQ(get("/publish/a%2Fb%20+/").body, R"({"result":1})");
  EXPECT_EQ(stream.read_event(), "data: message,a/b +,");
  EXPECT_EQ(publish("other", "x"), R"({"result":0})");
}

TEST_F(LocalEventStream, TellsOfPatterns) {
  EventStreamClient stream = open("/PSubscribe/news.*/x!");
  EXPECT_EQ(stream.read_event(), "data: psubscribe,news.*,1");
  EXPECT_EQ(stream.read_event(), "data: psubscribe,x!,2");
  EXPECT_EQ(publish("news.art", "hello"), R"({"result":1})");
  EXPECT_EQ(stream.read_event(), "data: pmessage,news.*,news.art,hello");
}

TEST_F(LocalEventStream, AcceptsGetAndPut) {
  for (const std::string_view method : {"GET", "PUT"}) {
    HttpConnection client(server_.port());
    client.send(request_text(method, "/subscribe/chat?_token=secret", {}, {}));
    EXPECT_EQ(client.read_reply().status, 200);
    EXPECT_EQ(client.read_chunk(), "data: subscribe,chat,1\n\n");
  }
}

TEST_F(LocalEventStream, TellsOfCommands) {
  EventStreamClient stream = open("/monitor");
  EXPECT_EQ(stream.read_event(), "data: \"OK\"");
  get("/get/k");
  const std::string line = stream.read_event().value_or("");
  EXPECT_TRUE(line.starts_with("data: 1")) << line;
  EXPECT_TRUE(line.ends_with("] \"get\" \"k\"")) << line;
  const std::string big(1'000'000, 'x');
  for (int i = 0; i < 5; ++i) {
    post("/set/k", big);
    EXPECT_TRUE(stream.read_event().value_or("").ends_with("] \"set\" \"k\" \"" + big + "\""));
  }
}

TEST_F(LocalEventStream, WritesBytesAsTheyAre) {
  EventStreamClient stream = open("/subscribe/c");
  stream.read_event();
  publish("c", "\0\r\xFF,\x80 "s);
  EXPECT_EQ(stream.read_event(), "data: message,c,\0\r\xFF,\x80 "s);
  publish("c", "one\n\r\n\nfour");
  EXPECT_EQ(stream.read_event(), "data: message,c,one\ndata: \r\ndata: \ndata: four");
  const std::string big(10'000'000, 'x');
  publish("c", big);
  EXPECT_TRUE(stream.read_event() == "data: message,c," + big);
}

TEST_F(LocalEventStream, IsPlainWhateverTheEncoding) {
  EventStreamClient stream = open("/subscribe/c", {authorized, base64});
  EXPECT_EQ(stream.read_event(), "data: subscribe,c,1");
  publish("c", "hello");
  EXPECT_EQ(stream.read_event(), "data: message,c,hello");
  EXPECT_EQ(
      post("/subscribe/c", {}, {authorized, resp2}).body,
      R"({"error":"ERR Upstash-Response-Format: resp2 is not supported for event streams"})");
}

TEST_F(LocalEventStream, RefusesWhatMakesNoSense) {
  for (const std::string_view path :
       {"/subscribe",
        "/psubscribe",
        "/subscribe/",
        "/subscribe/a//b",
        "/subscribe/a?EX=1",
        "/subscribe/%",
        "/monitor/",
        "/monitor?x",
        "/ssubscribe/a"}) {
    const HttpReply reply = post(path);
    EXPECT_EQ(reply.status, 400) << path;
    EXPECT_TRUE(reply.body.starts_with(R"({"error":"ERR )")) << reply.body;
  }
  EXPECT_EQ(post("/monitor", "x").status, 400);
  EXPECT_EQ(connection_.request("POST", "/subscribe/c").status, 401);
  EXPECT_EQ(get("/ping").body, R"({"result":"PONG"})");
}

TEST_F(LocalEventStream, TakesAChannelFromTheBody) {
  HttpConnection client(server_.port());
  client.send(request_text("POST", "/subscribe/a", {authorized}, "b\n"));
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_EQ(client.read_chunk(), "data: subscribe,a,1\n\n");
  EXPECT_EQ(client.read_chunk(), "data: subscribe,b\ndata: ,2\n\n");
}

TEST_F(LocalEventStream, PassesOverAnEmptyCommandInTheBody) {
  HttpConnection client(server_.port());
  client.send(request_text("POST", "/subscribe/a", {authorized}, "[]"));
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_EQ(client.read_chunk(), "data: subscribe,a,1\n\n");
  publish("a", "x");
  EXPECT_EQ(client.read_chunk(), "data: message,a,x\n\n");
}

TEST_F(LocalEventStream, LetsAReadOnlyTokenListenButNotMonitor) {
  const Strings reader{"Authorization: Bearer reader"};
  EXPECT_EQ(open("/subscribe/c", reader).read_event(), "data: subscribe,c,1");
  EXPECT_EQ(open("/psubscribe/c*", reader).read_event(), "data: psubscribe,c*,1");
  const HttpReply reply = post("/monitor", {}, reader);
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.body.starts_with(R"({"error":"NOPERM )")) << reply.body;
}

TEST_F(LocalEventStream, PassesOnWhatTheBackendRefuses) {
  EXPECT_EQ(post("/", R"(["ACL","SETUSER","default","-monitor"])").status, 200);
  const HttpReply reply = post("/monitor");
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.body.starts_with(R"({"error":"NOPERM )")) << reply.body;
  EXPECT_EQ(get("/ping").status, 200);
}

TEST_F(LocalEventStream, AnswersAHeadWithoutSubscribing) {
  const HttpReply reply = connection_.request("HEAD", "/subscribe/c", {authorized});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/event-stream");
  EXPECT_FALSE(reply.headers.contains("connection"));
  EXPECT_EQ(publish("c", "x"), R"({"result":0})");
  EXPECT_EQ(connection_.request("HEAD", "/subscribe", {authorized}).status, 400);
  EXPECT_EQ(get("/ping").body, R"({"result":"PONG"})");
}

TEST_F(LocalEventStream, IsNotChunkedForHttp10) {
  HttpConnection client(server_.port());
  client.send("POST /subscribe/c HTTP/1.0\r\nConnection: keep-alive\r\n" + authorized + "\r\n\r\n");
  const HttpReply reply = client.read_reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.headers.contains("transfer-encoding"));
  EXPECT_FALSE(reply.headers.contains("content-length"));
  server_.process().signal(SIGTERM);
  EXPECT_EQ(client.read_to_end(), "data: subscribe,c,1\n\n");
}

TEST_F(LocalEventStream, FollowsOtherRequestsOnAConnectionAndEndsIt) {
  HttpConnection client(server_.port());
  client.send(
      request_text("GET", "/echo/1", {authorized}, {}) +
      request_text("GET", "/subscribe/c", {authorized}, {}) +
      request_text("GET", "/echo/2", {authorized}, {}));
  EXPECT_EQ(client.read_reply().body, R"({"result":"1"})");
  EXPECT_EQ(client.read_reply().headers.at("connection"), "close");
  EXPECT_EQ(client.read_chunk(), "data: subscribe,c,1\n\n");
  // More than the sockets hold: it is read, and thrown away.
  client.send(std::string(30'000'000, 'x'));
  publish("c", "still here");
  EXPECT_EQ(client.read_chunk(), "data: message,c,still here\n\n");
}

TEST_F(LocalEventStream, ServesHundredsAtOnce) {
  constexpr int count = 300;
  const std::string before = connected_clients();
  std::deque<HttpConnection> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(server_.port())
        .send(request_text("POST", "/subscribe/all/ch" + std::to_string(i), {authorized}, {}));
  }
  std::string publishes = R"([["PUBLISH","all","everybody"])";
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].read_reply().status, 200);
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].read_chunk(), "data: subscribe,all,1\n\n");
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].read_chunk(), "data: subscribe,ch" + name + ",2\n\n");
    publishes += R"(,["PUBLISH","ch)" + name + R"(","only )" + name + "\"]";
  }
  EXPECT_TRUE(post("/pipeline", publishes + "]").body.starts_with(R"([{"result":300},{"result":1},)"));
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].read_chunk(), "data: message,all,everybody\n\n");
    EXPECT_EQ(
        clients[static_cast<std::size_t>(i)].read_chunk(),
        "data: message,ch" + name + ",only " + name + "\n\n");
  }
  clients.clear();
  EXPECT_TRUE(soon([&] { return connected_clients() == before; })) << connected_clients();
}

TEST_F(LocalEventStream, EndsItsSubscriptionWhenTheClientLeaves) {
  const std::string before = connected_clients();
  std::optional<EventStreamClient> subscriber(std::in_place, server_.port(), "/subscribe/c");
  std::optional<EventStreamClient> resetter(std::in_place, server_.port(), "/subscribe/c");
  std::optional<EventStreamClient> monitor(std::in_place, server_.port(), "/monitor");
  EXPECT_EQ(get("/pubsub/numsub/c").body, R"({"result":["c",2]})");
  EXPECT_NE(connected_clients(), before);
  subscriber.reset();
  resetter->connection().reset();
  monitor.reset();
  EXPECT_TRUE(soon([&] { return connected_clients() == before; })) << connected_clients();
  EXPECT_EQ(get("/pubsub/numsub/c").body, R"({"result":["c",0]})");
}

TEST_F(LocalEventStream, StandsClientsThatLeaveBeforeTheyAreAnswered) {
  const std::string before = connected_clients();
  kill(server_.redis(), SIGSTOP);
  for (int i = 0; i < 20; ++i) {
    HttpConnection leaving(server_.port());
    leaving.send(request_text("POST", i % 4 < 2 ? "/subscribe/c" : "/monitor", {authorized}, {}));
    // Taken up in order, so the request above has arrived.
    EXPECT_EQ(connection_.request("GET", "/ping").status, 401);
    if (i % 2 == 0) leaving.reset();
  }
  kill(server_.redis(), SIGCONT);
  EXPECT_TRUE(soon([&] { return connected_clients() == before; })) << connected_clients();
}

TEST_F(LocalEventStream, BreaksOffWhenTheBackendDies) {
  std::vector<std::unique_ptr<EventStreamClient>> streams;
  for (const std::string_view target : {"/subscribe/c", "/psubscribe/c*", "/monitor"}) {
    streams.push_back(std::make_unique<EventStreamClient>(server_.port(), target));
    EXPECT_NE(streams.back()->read_event(), std::nullopt);
  }
  kill(server_.redis(), SIGKILL);
  for (const auto& stream : streams) EXPECT_EQ(stream->read_event(), std::nullopt);
  EXPECT_TRUE(soon([&] { return post("/subscribe/c").status == 503; }));
  EXPECT_EQ(connection_.request("HEAD", "/subscribe/c", {authorized}).status, 503);
  server_.process().signal(SIGTERM);
  EXPECT_EQ(server_.process().wait(), 0);
}

TEST_F(LocalEventStream, SendsWhatItHasBeforeItBreaksOff) {
  const auto sent_by_backend = [&] {
    const std::string script =
        R"x(["EVAL","return tonumber(string.match(redis.call('INFO','stats'),'net_output_bytes:(%d+)'))",0])x";
    const std::string body = post("/", script).body;
    return std::stoll(body.substr(body.find(':') + 1));
  };
  EventStreamClient stream = open("/subscribe/c");
  EXPECT_EQ(stream.read_event(), "data: subscribe,c,1");
  // More than the sockets to the client hold. The last message need not get out of the backend.
  constexpr int count = 20;
  constexpr long long size = 1'000'000;
  const std::string message(size, 'x');
  const long long before = sent_by_backend();
  for (int i = 0; i <= count; ++i) publish("c", message);
  EXPECT_TRUE(soon([&] { return sent_by_backend() > before + count * size + size / 10; }));
  kill(server_.redis(), SIGKILL);
  EXPECT_TRUE(soon([&] { return get("/ping").status == 503; }));
  for (int i = 0; i < count; ++i) EXPECT_TRUE(stream.read_event() == "data: message,c," + message);
  while (stream.read_event()) {
  }
}

TEST_F(LocalEventStream, BreaksOffWhenTheServerEnds) {
  std::deque<EventStreamClient> streams;
  for (int i = 0; i < 50; ++i) streams.emplace_back(server_.port(), i % 2 == 0 ? "/subscribe/c" : "/monitor");
  // One that is not answered yet.
  kill(server_.redis(), SIGSTOP);
  HttpConnection waiting(server_.port());
  waiting.send(request_text("POST", "/subscribe/c", {authorized}, {}));
  EXPECT_EQ(connection_.request("GET", "/ping").status, 401);
  server_.process().signal(SIGTERM);
  kill(server_.redis(), SIGCONT);
  for (EventStreamClient& stream : streams) {
    while (stream.read_event()) {
    }
  }
  waiting.read_to_end();
  EXPECT_EQ(server_.process().wait(), 0);
}

TEST(LocalEventStreamLimits, QuietStreamsOutliveTheIdleTimeout) {
  RunningServer server({"--idle-timeout-s", "1"});
  EventStreamClient stream(server.port(), "/subscribe/c");
  EXPECT_EQ(stream.read_event(), "data: subscribe,c,1");
  HttpConnection idle(server.port());
  EXPECT_EQ(idle.request("GET", "/ping", {authorized}).status, 200);
  EXPECT_EQ(idle.read_to_end(), "");
  HttpConnection(server.port()).request("GET", "/publish/c/still%20here", {authorized});
  EXPECT_EQ(stream.read_event(), "data: message,c,still here");
}

TEST(LocalEventStreamLimits, StalledStreamsDoNot) {
  RunningServer server({"--idle-timeout-s", "1"});
  EventStreamClient stream(server.port(), "/subscribe/c");
  HttpConnection other(server.port());
  const std::string message(1'000'000, 'x');
  for (int i = 0; i < 20; ++i) other.request("POST", "/publish/c", {authorized}, message);
  EXPECT_TRUE(soon([&] {
    return other.request("GET", "/pubsub/numsub/c", {authorized}).body == R"({"result":["c",0]})";
  }));
}

TEST(LocalEventStreamLimits, QuietStreamsCarryComments) {
  RunningServer server({"--keep-alive-ms", "20"});
  EventStreamClient stream(server.port(), "/subscribe/c");
  EXPECT_EQ(stream.read_event(), "data: subscribe,c,1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stream.read_event(), ":");
}

TEST(LocalEventStreamLimits, CutsOffSlowReadersOnly) {
  RunningServer server({"--max-unread-bytes", "100000"});
  EventStreamClient slow(server.port(), "/subscribe/c");
  EventStreamClient good(server.port(), "/subscribe/c");
  EXPECT_EQ(good.read_event(), "data: subscribe,c,1");
  HttpConnection publisher(server.port());
  const std::string message(1'000'000, 'x');
  int published = 0;
  std::string receivers;
  // The sockets hold some before the server has to.
  do {
    receivers = publisher.request("POST", "/publish/c", {authorized}, message).body;
    EXPECT_TRUE(good.read_event() == "data: message,c," + message);
  } while (receivers == R"({"result":2})" && ++published < 100);
  EXPECT_EQ(receivers, R"({"result":1})");
  int received = -1;
  while (slow.read_event()) ++received;
  EXPECT_LT(received, published);
  server.process().signal(SIGTERM);
  EXPECT_NE(server.process().read_errors().find("warning: an event stream was cut off"), std::string::npos);
  EXPECT_EQ(server.process().wait(), 0);
}

}  // namespace
}  // namespace upstash::test
