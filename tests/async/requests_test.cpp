// AsyncRedis: what goes over the wire when, and whose reply goes to whom.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

/// Replies to commands with their last argument, without any encoding.
class EchoServer : public ScriptedServer {
 public:
  EchoServer() { set_default(respond(echo)); }

  static Action echo(const RecordedRequest& request) {
    const std::string& body = request.body;
    if (request.target == "/") return answer_json(last_argument(body));
    std::string replies;
    for (std::size_t at = 1; at < body.size(); at = body.find(']', at) + 2) {
      replies += replies.empty() ? '[' : ',';
      replies += R"({"result":)" + last_argument(std::string_view(body).substr(at)) + "}";
    }
    return answer(200, replies + "]");
  }

 private:
  static std::string last_argument(std::string_view command) {
    command = command.substr(0, command.find(']'));
    return std::string(command.substr(command.rfind(',') + 1));
  }
};

ClientOptions plain_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  return options;
}

TEST(Async, ALoneCommandLeavesAtOnceAndAlone) {
  EchoServer server;
  const AsyncRedis redis(plain_options(server));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(redis.execute(get("k")).get(), "k");
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  for (const auto& request : requests) {
    EXPECT_EQ(request.target, "/");
    EXPECT_EQ(request.body, R"(["GET","k"])");
    EXPECT_EQ(request.header("Authorization"), "Bearer " + std::string(test_token));
  }
  EXPECT_EQ(server.connections_accepted(), 1U);
}

TEST(Async, CommandsGatherWhileOneIsOnItsWay) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"first\"")));
  server.set_default(respond(EchoServer::echo));
  const AsyncRedis redis(plain_options(server));
  auto first = redis.execute(get("first"));
  server.wait_for_requests(1);
  std::vector<Future<std::optional<std::string>>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(redis.execute(get("k" + std::to_string(i))));
  EXPECT_FALSE(first.ready());
  server.release();
  EXPECT_EQ(first.get(), "first");
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(futures[static_cast<std::size_t>(i)].get(), "k" + std::to_string(i));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].target, "/pipeline");
  EXPECT_TRUE(requests[1].body.starts_with(R"([["GET","k0"],["GET","k1"],["GET","k2"],)"))
      << requests[1].body;
}

TEST(Async, OneRequestHoldsAThousandCommandsAtMostAndOneMebibyte) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"first\"")));
  server.set_default(respond(EchoServer::echo));
  const AsyncRedis redis(plain_options(server));
  auto first = redis.execute(get("first"));
  server.wait_for_requests(1);
  std::vector<Future<std::optional<std::string>>> futures;
  for (int i = 0; i < 1500; ++i) futures.push_back(redis.execute(get("k")));
  const std::string large(600'000, 'x');
  for (int i = 0; i < 2; ++i) futures.push_back(redis.execute(get(large)));
  server.release();
  for (auto& future : futures) future.get();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  for (const auto& request : requests) EXPECT_LE(request.body.size(), 1U << 20U);
  EXPECT_EQ(requests[3].target, "/");
}

TEST(Async, EverythingLeavesInOrderOfIssue) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"0\"")));
  server.set_default(respond(EchoServer::echo));
  AsyncRedis redis(plain_options(server));
  auto first = redis.execute(get("0"));
  server.wait_for_requests(1);
  auto a = redis.execute(get("1"));
  auto b = redis.execute(get("2"));
  auto batch = redis.batch(get("3"), get("4"));
  auto binary = redis.execute(set("5", "\xff"));
  auto c = redis.execute(get("6"));
  server.enqueue(respond(EchoServer::echo));
  server.enqueue(respond(EchoServer::echo));
  server.enqueue(answer_json("\"OK\""));
  server.release();
  EXPECT_EQ(c.get(), "6");
  EXPECT_EQ(a.get(), "1");
  EXPECT_EQ(b.get(), "2");
  EXPECT_EQ(batch.get(), (std::tuple{std::optional<std::string>("3"), std::optional<std::string>("4")}));
  EXPECT_TRUE(binary.get());
  first.get();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(requests[1].body, R"([["GET","1"],["GET","2"]])");
  EXPECT_EQ(requests[2].body, R"([["GET","3"],["GET","4"]])");
  EXPECT_EQ(requests[3].target, "/SET/5");
  EXPECT_EQ(requests[3].body, "\xff");
  EXPECT_EQ(requests[4].body, R"(["GET","6"])");
}

TEST(Async, OneFailsAmongMany) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.enqueue(
      answer(200, R"([{"result":2},{"error":"WRONGTYPE no integer"},{"result":"no number"},{"result":5}])"));
  const AsyncRedis redis(plain_options(server));
  auto first = redis.execute(incr("n"));
  server.wait_for_requests(1);
  auto good = redis.execute(incr("n"));
  auto refused = redis.execute(incr("text"));
  auto strange = redis.execute(incr("strange"));
  auto last = redis.execute(incr("n"));
  server.release();
  EXPECT_EQ(first.get(), 1);
  EXPECT_EQ(good.get(), 2);
  const auto error = thrown_by<ServerError>([&] { refused.get(); });
  EXPECT_EQ(error.code(), "WRONGTYPE");
  EXPECT_EQ(error.command(), "INCR");
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:")) << error.what();
  const auto problem = thrown_by<ProtocolError>([&] { strange.get(); });
  EXPECT_TRUE(holds(problem.what(), "INCR at 127.0.0.1:")) << problem.what();
  EXPECT_EQ(last.get(), 5);
}

TEST(Async, AReplyToTheWholeRequestIsEachOnes) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.enqueue(answer(401, R"({"error":"Unauthorized"})"));
  server.enqueue(stall(answer_json("1")));
  server.enqueue(answer(200, R"([{"result":1}])"));
  const AsyncRedis redis(plain_options(server));
  auto first = redis.execute(incr("n"));
  server.wait_for_requests(1);
  auto a = redis.execute(incr("a"));
  auto b = redis.execute(get("b"));
  server.release();
  EXPECT_THROW(a.get(), AuthError);
  EXPECT_EQ(thrown_by<AuthError>([&] { b.get(); }).command(), "GET");
  first = redis.execute(incr("n"));
  server.wait_for_requests(3);
  a = redis.execute(incr("a"));
  b = redis.execute(get("b"));
  server.release();
  EXPECT_THROW(a.get(), ProtocolError);
  EXPECT_TRUE(holds(thrown_by<ProtocolError>([&] { b.get(); }).what(), "a list of 2 replies"));
}

TEST(Async, SwitchedOffEachCommandIsARequestAndManyAreOnTheirWay) {
  ScriptedServer server;
  server.set_default(stall(answer_json("\"v\"")));
  ClientOptions options = plain_options(server);
  options.auto_pipelining = false;
  const AsyncRedis redis(options);
  std::vector<Future<std::optional<std::string>>> futures;
  for (int i = 0; i < 10; ++i) futures.push_back(redis.execute(get("k")));
  server.wait_for_requests(10);
  EXPECT_EQ(server.connections_accepted(), 10U);
  server.release();
  for (auto& future : futures) EXPECT_EQ(future.get(), "v");
  for (const auto& request : server.requests()) EXPECT_EQ(request.target, "/");
}

TEST(Async, RequestsThatWaitForAConnectionLeaveWhenOneIsFree) {
  EchoServer server;
  ClientOptions options = plain_options(server);
  options.auto_pipelining = false;
  options.max_idle_connections = 4;
  options.connect_timeout = 5min;  // libcurl looks after them at that time at the latest
  options.timeout = 10min;
  const AsyncRedis redis(options);
  for (int i = 0; i < 50; ++i) {
    std::vector<Future<std::optional<std::string>>> futures;
    for (int call = 0; call < 100; ++call) futures.push_back(redis.execute(get("k")));
    for (auto& future : futures) ASSERT_TRUE(future.wait_for(30s));
  }
}

TEST(Async, EightThreadsEachGetTheRepliesToTheirOwnCommands) {
  for (const bool gather : {true, false}) {
    EchoServer server;
    ClientOptions options = plain_options(server);
    options.auto_pipelining = gather;
    const AsyncRedis redis(options);
    constexpr int threads = 8;
    const int calls = gather ? 1250 : 100;
    std::atomic<int> wrong = 0;
    {
      std::latch together(threads);
      std::vector<std::jthread> workers;
      for (int thread = 0; thread < threads; ++thread) {
        workers.emplace_back([&, thread] {
          std::vector<Future<std::optional<std::string>>> futures;
          together.arrive_and_wait();
          const auto key = [&](int call) { return std::to_string(thread) + "-" + std::to_string(call); };
          for (int call = 0; call < calls; ++call) futures.push_back(redis.execute(get(key(call))));
          for (int call = 0; call < calls; ++call) {
            if (futures[static_cast<std::size_t>(call)].get() != key(call)) ++wrong;
          }
        });
      }
    }
    EXPECT_EQ(wrong, 0);
  }
}

TEST(Async, EachThreadsCommandsKeepTheirOrder) {
  EchoServer server;
  const AsyncRedis redis(plain_options(server));
  constexpr int threads = 4;
  constexpr int calls = 300;
  {
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&, thread] {
        std::vector<Future<std::optional<std::string>>> futures;
        for (int call = 0; call < calls; ++call) {
          futures.push_back(redis.execute(get(std::to_string(thread) + "-" + std::to_string(call) + "-")));
        }
        static_cast<void>(when_all(std::move(futures)).get());
      });
    }
  }
  std::string all;
  for (const auto& request : server.requests()) all += request.body;
  for (int thread = 0; thread < threads; ++thread) {
    std::size_t last = 0;
    for (int call = 0; call < calls; ++call) {
      const auto at = all.find("\"" + std::to_string(thread) + "-" + std::to_string(call) + "-\"");
      ASSERT_NE(at, std::string::npos);
      EXPECT_GE(at, last);
      last = at;
    }
  }
}

TEST(Async, ABinaryCommandThatCannotBeSentIsRefusedAtOnce) {
  ScriptedServer server;
  const AsyncRedis redis(options_for(server));
  EXPECT_THROW(static_cast<void>(redis.execute(set("", "\xff"))), UsageError);
  EXPECT_THROW(static_cast<void>(redis.execute(ValueList{})), UsageError);
  EXPECT_THROW(static_cast<void>(redis.with({.timeout = -1ms}).execute(get("k"))), UsageError);
}

TEST(Async, ReadsYourWrites) {
  ScriptedServer server;
  server.enqueue(answer(200, R"({"result":1})", {{"Upstash-Sync-Token", "one"}}));
  server.set_default(answer_json("1"));
  AsyncRedis redis(options_for(server));
  redis.execute(incr("n")).get();
  EXPECT_EQ(redis.sync_token(), "one");
  redis.execute(incr("n")).get();
  redis.sync_token("two");
  redis.with({.retries = 0}).execute(incr("n")).get();
  EXPECT_EQ(server.requests()[1].header("Upstash-Sync-Token"), "one");
  EXPECT_EQ(server.requests()[2].header("Upstash-Sync-Token"), "two");
}

TEST(Async, TheObserverIsToldOfEachRequest) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.enqueue(answer(200, R"([{"result":2},{"result":3}])"));
  struct Seen {
    std::string command;
    std::size_t commands;
    int status;
  };
  std::vector<Seen> seen;
  ClientOptions options = options_for(server);
  options.observer = [&](const RequestInfo& info) {
    seen.push_back({std::string(info.command), info.commands, info.http_status});
  };
  AsyncRedis redis(options);
  auto first = redis.execute(incr("n"));
  server.wait_for_requests(1);
  auto second = redis.execute(incr("n"));
  auto third = redis.execute(incr("n"));
  server.release();
  third.get();
  redis.close();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].command, "INCR");
  EXPECT_EQ(seen[1].command, "pipeline");
  EXPECT_EQ(seen[1].commands, 2U);
  EXPECT_EQ(seen[1].status, 200);
}

TEST(Async, PipelinesAndTransactions) {
  ScriptedServer server;
  AsyncRedis redis(plain_options(server));
  AsyncPipeline pipeline = redis.pipeline();
  EXPECT_TRUE(pipeline.exec().get().empty());
  pipeline.add(incr("n")).add(get("k"));
  pipeline.clear();
  pipeline.add(incr("n")).add(get("k"));
  server.enqueue(answer(200, R"([{"result":1},{"error":"ERR no"}])"));
  auto kept = pipeline.exec({.keep_errors = true});
  EXPECT_TRUE(pipeline.empty());
  const PipelineResults results = kept.get();
  EXPECT_EQ(results.get<std::int64_t>(0), 1);
  ASSERT_NE(results.error(1), nullptr);
  pipeline.add(incr("n")).add(get("k"));
  server.enqueue(answer(200, R"([{"result":1},{"error":"ERR no"}])"));
  EXPECT_TRUE(holds(message_of<ServerError>([&] { pipeline.exec().get(); }), "GET (pipeline slot 1) at "));
  server.enqueue(answer(200, R"([{"result":1},{"result":"v"}])"));
  EXPECT_EQ(
      redis.transaction(incr("n"), get("k")).get(),
      (std::tuple{std::int64_t{1}, std::optional<std::string>("v")}));
  server.enqueue(answer(400, R"({"error":"EXECABORT no"})"));
  auto discarded = redis.transaction(incr("n"));
  EXPECT_THROW(discarded.get(), ServerError);
  EXPECT_EQ(server.requests()[2].target, "/multi-exec");
}

TEST(Async, ThenAndWhenAllRunOnTheThread) {
  EchoServer server;
  const AsyncRedis redis(plain_options(server));
  std::thread::id where;
  auto both = when_all(
      redis.execute(get("a")).then([&](Result<std::optional<std::string>> r) {
        where = std::this_thread::get_id();
        return redis.execute(get("then-" + *r.value()));
      }),
      redis.execute(get("b")));
  EXPECT_EQ(both.get(), (std::tuple{std::optional<std::string>("then-a"), std::optional<std::string>("b")}));
}

TEST(Async, WaitingForAConnectionIsNoConnectTimeout) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"first\"")));
  server.set_default(respond(EchoServer::echo));
  ClientOptions options = plain_options(server);
  options.auto_pipelining = false;
  options.max_idle_connections = 1;
  options.connect_timeout = 50ms;
  options.rest_retries = 0;
  const AsyncRedis redis(options);
  auto first = redis.execute(get("first"));
  server.wait_for_requests(1);
  auto second = redis.execute(get("second"));
  EXPECT_FALSE(second.wait_for(200ms));  // far beyond the time that a connection may take
  server.release();
  EXPECT_EQ(first.get(), "first");
  EXPECT_EQ(second.get(), "second");
}

template <class Pipeline>
concept ExecutesAtOnce = requires(Pipeline pipeline) {
  { pipeline.get("k").exec() } -> std::same_as<PipelineResults>;
};
static_assert(ExecutesAtOnce<Pipeline>);
static_assert(!ExecutesAtOnce<AsyncPipeline>);
static_assert(!std::is_convertible_v<AsyncPipeline&, Pipeline&>);

TEST(Async, PipelinesAreChainsThatGiveAFuture) {
  ScriptedServer server;
  server.enqueue(answer(
      200,
      R"([{"result":"OK"},{"result":[1,2]},{"result":"[3]"},{"result":"x"},{"result":"y"},{"result":4}])"));
  const AsyncRedis redis(plain_options(server));
  Future<PipelineResults> future = redis.pipeline()
                                       .set("a", 1)
                                       .bitfield("b")
                                       .incrby("u8", 0, 1)
                                       .get("u8", 8)
                                       .execute()
                                       .json()
                                       .get("j", {"$"})
                                       .add(get("k"))
                                       .execute({"GET", "l"})
                                       .incr("n")
                                       .exec();
  const PipelineResults results = future.get();
  ASSERT_EQ(results.size(), 6U);
  EXPECT_TRUE(results.get<bool>(0));
  EXPECT_EQ(results.get<std::int64_t>(5), 4);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].target, "/pipeline");
  EXPECT_EQ(
      server.requests()[0].body,
      R"([["SET","a","1"],["BITFIELD","b","INCRBY","u8","0","1","GET","u8","8"],["JSON.GET","j","$"],["GET","k"],)"
      R"(["GET","l"],["INCR","n"]])");
}

TEST(Async, SomeCommandsTravelAlone) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"0\"")));
  server.enqueue(answer(200, R"([{"result":"OK"},{"result":"OK"}])"));
  server.enqueue(answer_json("\"OK\""));
  server.enqueue(answer_json("[]"));
  server.enqueue(answer_json("\"OK\""));
  const AsyncRedis redis(plain_options(server));
  auto first = redis.execute(get("0"));
  server.wait_for_requests(1);
  auto before = redis.set("a", 1);
  auto also_before = redis.set("b", 2);
  auto flushed = redis.flushall();
  auto keys = redis.keys("*");
  auto after = redis.set("c", 3);
  server.release();
  EXPECT_TRUE(after.get());
  flushed.get();
  EXPECT_TRUE(keys.get().empty());
  EXPECT_TRUE(before.get());
  EXPECT_TRUE(also_before.get());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(requests[1].body, R"([["SET","a","1"],["SET","b","2"]])");
  EXPECT_EQ(requests[2].body, R"(["FLUSHALL"])");
  EXPECT_EQ(requests[3].body, R"(["KEYS","*"])");
  EXPECT_EQ(requests[4].body, R"(["SET","c","3"])");
}

TEST(Async, CommandsWhoseReplyIsTooLargeTogetherAreSentOneByOne) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"0\"")));
  server.enqueue(answer(200, "[" + std::string(200, ' ') + "]"));
  server.enqueue(respond(EchoServer::echo));
  server.enqueue(answer_json("\"" + std::string(200, 'x') + "\""));
  ClientOptions options = plain_options(server);
  options.max_reply_bytes = 100;
  options.rest_retries = 0;
  const AsyncRedis redis(options);
  auto first = redis.execute(get("0"));
  server.wait_for_requests(1);
  auto small = redis.execute(get("a"));
  auto counted = redis.execute(incr("n"));
  auto large = redis.execute(get("b"));
  server.release();
  EXPECT_EQ(small.get(), "a");
  const auto unknown = thrown_by<ProtocolError>([&] { counted.get(); });
  EXPECT_TRUE(holds(unknown.what(), "INCR ")) << unknown.what();
  EXPECT_TRUE(holds(unknown.what(), "whether it was executed is unknown")) << unknown.what();
  EXPECT_TRUE(holds(thrown_by<ProtocolError>([&] { large.get(); }).what(), "max_reply_bytes, 100"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[1].body, R"([["GET","a"],["INCR","n"],["GET","b"]])");
  EXPECT_EQ(requests[2].body, R"(["GET","a"])");
  EXPECT_EQ(requests[3].body, R"(["GET","b"])");
}

TEST(Async, CallsThatFollowOnRepliesStayTogether) {
  constexpr int loops = 100;
  constexpr int rounds = 10;
  ScriptedServer server;
  server.enqueue(stall(answer_json("\"v\"")));
  server.set_default(answer_each("\"v\""));
  const AsyncRedis redis(plain_options(server));
  std::latch ended(loops);
  std::function<void(int)> go = [&](int left) {
    if (left == 0) return ended.count_down();
    static_cast<void>(redis.execute(get("k")).then([&go, left](const auto&) { go(left - 1); }));
  };
  go(rounds);
  server.wait_for_requests(1);
  for (int i = 1; i < loops; ++i) go(rounds);
  server.release();
  ended.wait();
  // The first alone, the others without it, then all of them each time.
  EXPECT_EQ(server.requests().size(), 2U + rounds - 1U);
}

}  // namespace
}  // namespace upstash::test
