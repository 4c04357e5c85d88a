// After fork() the child makes connections of its own and leaves the parent's alone.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "result_in_child.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"

namespace upstash::test {
namespace {

const std::string header = "Upstash-Sync-Token";

TEST(Fork, TheChildHasConnectionsOfItsOwn) {
  ScriptedServer server;
  server.set_default(answer_json("7"));
  const Redis redis(options_for(server));
  EXPECT_EQ(redis.execute(incr("n")), 7);
  EXPECT_EQ(
      result_in_child(
          [&] { return static_cast<int>(redis.execute(incr("child")) + redis.execute(incr("child"))); }),
      14);
  EXPECT_EQ(redis.execute(incr("n")), 7);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].connection, 0);
  EXPECT_EQ(requests[1].connection, 1);
  EXPECT_EQ(requests[2].connection, 1);
  EXPECT_EQ(requests[3].connection, 0);  // the parent's goes on as if nothing had been
  EXPECT_EQ(requests[1].body, R"(["INCR","child"])");
}

TEST(Fork, TheChildKnowsTheSyncTokenAndKeepsItsOwnFromThenOn) {
  ScriptedServer server;
  server.enqueue(answer(200, R"({"result":1})", {{header, "parent"}}));
  server.enqueue(answer(200, R"({"result":1})", {{header, "child"}}));
  server.set_default(answer_json("1"));
  const Redis redis(options_for(server));
  redis.execute(incr("n"));
  EXPECT_EQ(
      result_in_child([&] {
        redis.execute(incr("n"));
        return redis.sync_token() == "child" ? 1 : 0;
      }),
      1);
  EXPECT_EQ(server.requests().at(1).header(header), "parent");
  EXPECT_EQ(redis.sync_token(), "parent");
}

TEST(Fork, TheClientMayBeDestroyedInTheChild) {
  ScriptedServer server;
  server.set_default(answer_json("7"));
  auto redis = std::make_unique<Redis>(options_for(server));
  redis->execute(incr("n"));
  EXPECT_EQ(
      result_in_child([&] {
        redis.reset();  // without having been used there
        return 1;
      }),
      1);
  EXPECT_EQ(
      result_in_child([&] {
        redis->execute(incr("n"));
        redis.reset();
        return 1;
      }),
      1);
  EXPECT_EQ(redis->execute(incr("n")), 7);
  EXPECT_EQ(server.requests().back().connection, 0);
}

TEST(Fork, AGrandchildHasItsOwnToo) {
  ScriptedServer server;
  server.set_default(answer_json("7"));
  const Redis redis(options_for(server));
  redis.execute(incr("n"));
  EXPECT_EQ(
      result_in_child([&] {
        redis.execute(incr("n"));
        const int grandchild = result_in_child([&] { return static_cast<int>(redis.execute(incr("n"))); });
        return grandchild + static_cast<int>(redis.execute(incr("n")));
      }),
      14);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[2].connection, 2);
  EXPECT_EQ(requests[3].connection, 1);
}

TEST(Fork, WhileAnotherThreadIsInACallBothGoOn) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("5")));
  server.set_default(answer_json("7"));
  const Redis redis(options_for(server));
  std::int64_t result = 0;
  std::jthread busy([&] { result = redis.execute(incr("n")); });
  server.wait_for_requests(1);
  EXPECT_EQ(result_in_child([&] { return static_cast<int>(redis.execute(incr("n"))); }), 7);
  server.release();
  busy.join();
  EXPECT_EQ(result, 5);
  EXPECT_EQ(server.requests().size(), 2U);
}

}  // namespace
}  // namespace upstash::test
