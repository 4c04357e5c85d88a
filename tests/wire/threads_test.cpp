// One client used by many threads at once.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"

namespace upstash::test {
namespace {

constexpr int threads = 8;

TEST(Threads, EachGetsTheReplyToItsOwnCommand) {
  ScriptedServer server;
  // ["GET","<key>"] is answered with the key.
  server.set_default(respond([](const RecordedRequest& request) {
    return answer_json(request.body.substr(7, request.body.size() - 8));
  }));
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  std::atomic<int> observed = 0;
  options.observer = [&](const RequestInfo&) { ++observed; };
  const Redis redis(options);
  std::atomic<int> wrong = 0;
  {
    std::latch together(threads);
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&, thread] {
        together.arrive_and_wait();
        for (int call = 0; call < 50; ++call) {
          const std::string key = std::to_string(thread) + "-" + std::to_string(call);
          if (redis.execute(get(key)) != key) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(observed, threads * 50);
  EXPECT_EQ(server.requests().size(), std::size_t{threads} * 50);
  EXPECT_LE(server.connections_accepted(), std::size_t{threads});
}

TEST(Threads, FailuresOfSomeDoNotReachOthers) {
  ScriptedServer server;
  server.set_default(respond([](const RecordedRequest& request) {
    if (request.body == R"(["INCR","lost"])") return close_without_reply();
    if (request.body == R"(["INCR","refused"])") return answer(400, R"({"error":"ERR no"})");
    return answer_json("1");
  }));
  const Redis redis(options_for(server));
  std::atomic<int> wrong = 0;
  const auto repeat = [&](auto call) {
    return std::jthread([&wrong, call] {
      for (int i = 0; i < 30; ++i) wrong += call() ? 0 : 1;
    });
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 2; ++i) {
      workers.push_back(repeat([&] { return redis.execute(incr("fine")) == 1; }));
      workers.push_back(repeat([&] {
        try {
          redis.execute(incr("lost"));
        } catch (const TransportError& error) {
          return error.outcome() == Outcome::unknown;
        }
        return false;
      }));
      workers.push_back(repeat([&] {
        try {
          redis.execute(incr("refused"));
        } catch (const ServerError& error) {
          return error.code() == "ERR";
        }
        return false;
      }));
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(server.requests().size(), 180U);
}

TEST(Threads, ACallMayEndAfterItsClientIsGone) {
  ScriptedServer server;
  server.set_default(stall(answer_json("7")));
  std::jthread caller;
  std::atomic<std::int64_t> result = 0;
  {
    const Redis redis(options_for(server));
    caller = std::jthread([copy = redis, &result] { result = copy.execute(incr("n")); });
    server.wait_for_requests(1);
  }
  server.release();
  caller.join();
  EXPECT_EQ(result, 7);
}

}  // namespace
}  // namespace upstash::test
