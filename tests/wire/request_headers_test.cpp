// The headers of a request: authorization, encoding, telemetry.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <tuple>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "environment_variable.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

class RequestHeaders : public testing::Test {
 protected:
  RecordedRequest request_with(const ClientOptions& client) {
    server.enqueue(answer_json("1"));
    Redis(client).execute(incr("n"));
    return server.requests().back();
  }

  ScriptedServer server;
  ClientOptions options = options_for(server);
  // Whatever the machine has set, the tests begin without.
  EnvironmentVariable disabled{"UPSTASH_DISABLE_TELEMETRY", {}};
  EnvironmentVariable vercel{"VERCEL", {}};
  EnvironmentVariable aws{"AWS_REGION", {}};
};

TEST_F(RequestHeaders, CarryTheTrimmedToken) {
  EXPECT_EQ(request_with(options).header("Authorization"), "Bearer " + std::string(test_token));
  options.token = " " + options.token + "\r\n";
  EXPECT_EQ(request_with(options).header("Authorization"), "Bearer " + std::string(test_token));
}

TEST_F(RequestHeaders, SayWhatTheBodyIs) {
  const RecordedRequest request = request_with(options);
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.body, R"(["INCR","n"])");
}

TEST_F(RequestHeaders, AskForBase64ByDefault) {
  const RecordedRequest request = request_with(options);
  EXPECT_EQ(request.header("Upstash-Encoding"), "base64");
  EXPECT_EQ(request.header("Upstash-Response-Format"), "");
}

TEST_F(RequestHeaders, AskForNothingWithoutEncoding) {
  options.rest_encoding = Encoding::none;
  const RecordedRequest request = request_with(options);
  EXPECT_EQ(request.header("Upstash-Encoding"), "");
  EXPECT_EQ(request.header("Upstash-Response-Format"), "");
  server.enqueue(answer_json("\"YQ==\""));
  EXPECT_EQ(Redis(options).execute(get("n")), "YQ==");
}

TEST_F(RequestHeaders, AskForResp2ButNotForTransactions) {
  options.rest_encoding = Encoding::resp2;
  const Redis redis(options);
  server.enqueue(answer(200, "$3\r\na\0\xff\r\n"s, {{"Content-Type", "application/octet-stream"}}));
  EXPECT_EQ(redis.execute(get("n")), "a\0\xff"s);
  EXPECT_EQ(server.requests().back().header("Upstash-Response-Format"), "resp2");
  EXPECT_EQ(server.requests().back().header("Upstash-Encoding"), "");

  server.enqueue(answer(200, "*2\r\n+OK\r\n$1\r\na\r\n"));
  EXPECT_EQ(redis.batch(set("n", "a"), get("n")), (std::tuple{true, std::optional<std::string>("a")}));
  EXPECT_EQ(server.requests().back().header("Upstash-Response-Format"), "resp2");

  server.enqueue(answer(200, R"([{"result":"OK"},{"result":"YQ=="}])"));
  EXPECT_EQ(redis.transaction(set("n", "a"), get("n")), (std::tuple{true, std::optional<std::string>("a")}));
  EXPECT_EQ(server.requests().back().header("Upstash-Response-Format"), "");
  EXPECT_EQ(server.requests().back().header("Upstash-Encoding"), "base64");
}

TEST_F(RequestHeaders, HoldTelemetry) {
  const RecordedRequest request = request_with(options);
  EXPECT_EQ(request.header("Upstash-Telemetry-Sdk"), "cpp-upstash-redis@v" UPSTASH_REDIS_VERSION);
  EXPECT_TRUE(request.header("Upstash-Telemetry-Runtime").starts_with("c++20@"));
  EXPECT_FALSE(holds(request.header("Upstash-Telemetry-Runtime"), " "));
  EXPECT_EQ(request.header("Upstash-Telemetry-Platform"), "unknown");
}

TEST_F(RequestHeaders, NameThePlatform) {
  const EnvironmentVariable region("AWS_REGION", "eu-west-1");
  EXPECT_EQ(request_with(options).header("Upstash-Telemetry-Platform"), "aws");
  const EnvironmentVariable on_vercel("VERCEL", "1");
  EXPECT_EQ(request_with(options).header("Upstash-Telemetry-Platform"), "vercel");
}

void expect_telemetry(const RecordedRequest& request, bool expected) {
  for (const char* const name :
       {"Upstash-Telemetry-Sdk", "Upstash-Telemetry-Runtime", "Upstash-Telemetry-Platform"}) {
    EXPECT_EQ(!request.header(name).empty(), expected) << name;
  }
}

TEST_F(RequestHeaders, HoldNoTelemetryWhenTheOptionsForbidIt) {
  options.allow_telemetry = false;
  expect_telemetry(request_with(options), false);
}

TEST_F(RequestHeaders, HoldNoTelemetryWhenTheEnvironmentForbidsIt) {
  for (const char* const setting : {"1", "true", "yes"}) {
    const EnvironmentVariable variable("UPSTASH_DISABLE_TELEMETRY", setting);
    expect_telemetry(request_with(options), false);
  }
  for (const char* const setting : {"0", "false", ""}) {
    const EnvironmentVariable variable("UPSTASH_DISABLE_TELEMETRY", setting);
    expect_telemetry(request_with(options), true);
  }
}

}  // namespace
}  // namespace upstash::test
