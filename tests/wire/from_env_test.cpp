// A client from environment variables.
#include <gtest/gtest.h>

#include <string>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "environment_variable.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

class FromEnv : public testing::Test {
 protected:
  FromEnv() { server.set_default(answer_json("1")); }

  std::string authorization_of(const Redis& redis) {
    redis.execute(incr("n"));
    return server.requests().back().header("Authorization");
  }

  ScriptedServer server;
  EnvironmentVariable url{"UPSTASH_REDIS_REST_URL", {}};
  EnvironmentVariable token{"UPSTASH_REDIS_REST_TOKEN", {}};
  EnvironmentVariable kv_url{"KV_REST_API_URL", {}};
  EnvironmentVariable kv_token{"KV_REST_API_TOKEN", {}};
};

TEST_F(FromEnv, TakesUpstashsVariables) {
  const EnvironmentVariable set_url("UPSTASH_REDIS_REST_URL", " " + server.url() + "/\n");
  const EnvironmentVariable set_token("UPSTASH_REDIS_REST_TOKEN", "one\n");
  EXPECT_EQ(authorization_of(Redis::from_env()), "Bearer one");
}

TEST_F(FromEnv, TakesVercelsVariables) {
  const EnvironmentVariable set_url("KV_REST_API_URL", server.url());
  const EnvironmentVariable set_token("KV_REST_API_TOKEN", "two");
  EXPECT_EQ(authorization_of(Redis::from_env()), "Bearer two");
}

TEST_F(FromEnv, PrefersUpstashsVariables) {
  const EnvironmentVariable set_url("UPSTASH_REDIS_REST_URL", server.url());
  const EnvironmentVariable set_token("UPSTASH_REDIS_REST_TOKEN", "one");
  const EnvironmentVariable other_url("KV_REST_API_URL", "https://other.upstash.io");
  const EnvironmentVariable other_token("KV_REST_API_TOKEN", "two");
  EXPECT_EQ(authorization_of(Redis::from_env()), "Bearer one");
}

TEST_F(FromEnv, NamesWhatIsMissing) {
  std::string message = message_of<UsageError>([] { static_cast<void>(Redis::from_env()); });
  EXPECT_TRUE(holds(message, "UPSTASH_REDIS_REST_URL")) << message;
  EXPECT_TRUE(holds(message, "KV_REST_API_URL")) << message;
  const EnvironmentVariable set_url("UPSTASH_REDIS_REST_URL", server.url());
  const EnvironmentVariable empty_token("UPSTASH_REDIS_REST_TOKEN", "");
  message = message_of<UsageError>([] { static_cast<void>(Redis::from_env()); });
  EXPECT_TRUE(holds(message, "UPSTASH_REDIS_REST_TOKEN")) << message;
  EXPECT_TRUE(holds(message, "KV_REST_API_TOKEN")) << message;
}

TEST_F(FromEnv, NeverMixesTheAddressesOfTwoDatabases) {
  const EnvironmentVariable set_url("UPSTASH_REDIS_REST_URL", "https://other.upstash.io");
  const EnvironmentVariable other_token("KV_REST_API_TOKEN", "two");
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Redis::from_env()); }),
      "the environment lacks UPSTASH_REDIS_REST_TOKEN, or KV_REST_API_URL");
  const EnvironmentVariable other_url("KV_REST_API_URL", server.url());
  EXPECT_EQ(authorization_of(Redis::from_env()), "Bearer two");
}

TEST_F(FromEnv, LetsTheOptionsWinAndTakesTheRestFromThem) {
  const EnvironmentVariable set_url("UPSTASH_REDIS_REST_URL", "https://other.upstash.io");
  const EnvironmentVariable set_token("UPSTASH_REDIS_REST_TOKEN", "one");
  EXPECT_EQ(authorization_of(Redis::from_env({.url = server.url(), .token = "mine"})), "Bearer mine");
  const EnvironmentVariable right_url("UPSTASH_REDIS_REST_URL", server.url());
  EXPECT_EQ(authorization_of(Redis::from_env({.token = "mine"})), "Bearer mine");
  EXPECT_EQ(authorization_of(Redis::from_env({.rest_encoding = Encoding::none})), "Bearer one");
  EXPECT_EQ(server.requests().back().header("Upstash-Encoding"), "");
}

}  // namespace
}  // namespace upstash::test
