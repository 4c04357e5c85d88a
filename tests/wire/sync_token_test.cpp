// Read your writes: the newest token goes with every request and is taken from every reply.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

const std::string header = "Upstash-Sync-Token";

Action with_token(const std::string& token, int status = 200, const std::string& body = R"({"result":1})") {
  return answer(status, body, {{header, token}});
}

TEST(SyncToken, IsTakenFromEveryKindOfReplyAndSentWithTheNextRequest) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  EXPECT_EQ(redis.sync_token(), "");

  server.enqueue(with_token("t1"));
  redis.execute(incr("n"));
  EXPECT_EQ(redis.sync_token(), "t1");

  server.enqueue(with_token("t2", 400, R"({"error":"ERR no"})"));
  EXPECT_THROW(redis.execute(incr("n")), ServerError);
  EXPECT_EQ(redis.sync_token(), "t2");

  server.enqueue(with_token("t3", 200, R"([{"result":1}])"));
  EXPECT_EQ(redis.batch(incr("n")), std::tuple{1});
  EXPECT_EQ(redis.sync_token(), "t3");

  server.enqueue(with_token("t4", 200, R"([{"result":1}])"));
  EXPECT_EQ(redis.transaction(incr("n")), std::tuple{1});
  EXPECT_EQ(redis.sync_token(), "t4");

  server.enqueue(with_token("t5", 400, R"({"error":"EXECABORT Transaction discarded"})"));
  EXPECT_THROW(static_cast<void>(redis.transaction(incr("n"))), ServerError);
  EXPECT_EQ(redis.sync_token(), "t5");

  server.enqueue(answer_json("1"));  // without a token: the last one stays
  redis.execute({"SET", "k", std::string("\xff")});
  EXPECT_EQ(redis.sync_token(), "t5");

  std::vector<std::string> sent;
  for (const RecordedRequest& request : server.requests()) sent.push_back(request.header(header));
  EXPECT_EQ(sent, (std::vector<std::string>{"", "t1", "t2", "t3", "t4", "t5"}));
}

TEST(SyncToken, IsReadWhateverTheHeadersCase) {
  ScriptedServer server;
  server.enqueue(answer(200, R"({"result":1})", {{"upstash-SYNC-token", " t1 "}}));
  const Redis redis(options_for(server));
  redis.execute(incr("n"));
  EXPECT_EQ(redis.sync_token(), "t1");
}

TEST(SyncToken, IsSharedByCopiesAndNotByOtherClients) {
  ScriptedServer server;
  server.set_default(with_token("t1"));
  const Redis redis(options_for(server));
  const Redis copy = redis.with({.retries = 0});
  const Redis other(options_for(server));
  redis.execute(incr("n"));
  EXPECT_EQ(copy.sync_token(), "t1");
  EXPECT_EQ(other.sync_token(), "");
}

TEST(SyncToken, CanBeHandedOver) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  Redis redis(options_for(server));
  redis.sync_token("from elsewhere");
  EXPECT_EQ(redis.sync_token(), "from elsewhere");
  redis.execute(incr("n"));
  EXPECT_EQ(server.requests().back().header(header), "from elsewhere");
  redis.sync_token("");
  redis.execute(incr("n"));
  EXPECT_EQ(server.requests().back().header(header), "");
}

TEST(SyncToken, HandedOverCannotBreakOutOfItsHeader) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  Redis redis(options_for(server));
  for (const std::string& token :
       {std::string("a\r\nX-Other: b"), std::string("a\nb"), std::string("a\0b", 3)}) {
    EXPECT_TRUE(holds(message_of<UsageError>([&] { redis.sync_token(token); }), "sync token"));
  }
  EXPECT_EQ(redis.sync_token(), "");
}

TEST(SyncToken, IsLeftAloneWithoutReadYourWrites) {
  ScriptedServer server;
  server.set_default(with_token("t1"));
  ClientOptions options = options_for(server);
  options.read_your_writes = false;
  Redis redis(options);
  redis.execute(incr("n"));
  EXPECT_EQ(redis.sync_token(), "");
  redis.sync_token("mine");
  redis.execute(incr("n"));
  for (const RecordedRequest& request : server.requests()) EXPECT_EQ(request.header(header), "");
}

TEST(SyncToken, OfARetryIsTheNewestToo) {
  ScriptedServer server;
  server.enqueue(answer(502, "<html>", {{header, "t1"}}));
  server.enqueue(answer_json("null"));
  Redis(options_for(server)).execute(get("n"));
  EXPECT_EQ(server.requests().back().header(header), "t1");
}

TEST(SyncToken, FromManyThreadsIsAlwaysOneTheServerHandedOut) {
  constexpr int threads = 8;
  constexpr int calls = 60;
  ScriptedServer server;
  // All this belongs to the server's thread until the others are done.
  int handed_out = 0;
  int unknown_tokens = 0;
  int missing_tokens = 0;
  std::map<std::string, std::string> last_of_thread;
  std::set<std::string> asked;
  server.set_default(respond([&](const RecordedRequest& request) {
    const std::string sent = request.header(header);
    if (sent.empty()) {
      // Only a thread that has no answer yet can know of none.
      missing_tokens += asked.contains(request.body) ? 1 : 0;
    } else if (std::stoi(sent.substr(1)) > handed_out) {
      ++unknown_tokens;
    }
    asked.insert(request.body);
    const std::string token = "t" + std::to_string(++handed_out);
    last_of_thread[request.body] = token;
    return with_token(token);
  }));
  const Redis redis(options_for(server));
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&redis, i] {
        for (int call = 0; call < calls; ++call) redis.execute(incr("key" + std::to_string(i)));
      });
    }
  }
  const std::string last = redis.sync_token();
  server.set_default(answer_json("1"));
  redis.execute({"PING"});
  EXPECT_EQ(server.requests().back().header(header), last);
  EXPECT_EQ(handed_out, threads * calls);
  EXPECT_EQ(unknown_tokens, 0);
  EXPECT_EQ(missing_tokens, 0);
  // The reply that was read last is the last one of some thread.
  EXPECT_TRUE(std::ranges::any_of(last_of_thread, [&](const auto& entry) { return entry.second == last; }))
      << last;
}

}  // namespace
}  // namespace upstash::test
