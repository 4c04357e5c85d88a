// A Transport of the user's own in place of the network: what it is given, and what becomes of what it throws.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "fake_transport.hpp"
#include "sample_commands.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

struct Fake {
  explicit Fake(FakeTransport::Behaviour behaviour)
      : transport(std::make_shared<FakeTransport>(std::move(behaviour))), redis([&] {
          ClientOptions options = options_for("https://a.upstash.io");
          options.transport = transport;
          return options;
        }()) {}

  std::shared_ptr<FakeTransport> transport;
  Redis redis;
};

TEST(UsersTransport, IsGivenTheWholeRequest) {
  const Fake fake([](const HttpRequest&, std::size_t) {
    return HttpResponse{.status = 200, .body = R"({"result":1})", .sync_token = "t1"};
  });
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(fake.redis.execute(incr("n")), 1);
  const auto sent = fake.transport->sent().at(0);
  EXPECT_EQ(sent.url, "https://a.upstash.io/");
  EXPECT_EQ(sent.body, R"(["INCR","n"])");
  EXPECT_EQ(sent.sync_token, "");
  EXPECT_NE(
      std::ranges::find(sent.headers, "Authorization: Bearer " + std::string(test_token)),
      sent.headers.end());
  EXPECT_GE(sent.deadline, before + 60s);
  EXPECT_LE(sent.deadline, std::chrono::steady_clock::now() + 60s);
  fake.redis.execute({"PING"});
  EXPECT_EQ(fake.transport->sent().at(1).sync_token, "t1");
}

TEST(UsersTransport, MayResendOnlyWhatIsIdempotent) {
  const Fake fake([](const HttpRequest&, std::size_t) {
    return HttpResponse{.status = 200, .body = R"({"result":null})", .sync_token = ""};
  });
  fake.redis.execute(get("n"));
  EXPECT_TRUE(fake.transport->sent().back().may_resend);
  fake.redis.execute({"INCR", "n"});
  EXPECT_FALSE(fake.transport->sent().back().may_resend);
  fake.redis.with({.retry_policy = RetryPolicy::always}).execute({"INCR", "n"});
  EXPECT_TRUE(fake.transport->sent().back().may_resend);
}

TEST(UsersTransport, ThrowsBareReasonsThatTheClientCompletes) {
  const Fake fake([](const HttpRequest&, std::size_t) -> HttpResponse {
    throw TransportError("the line to " + std::string(test_token) + " is dead", Outcome::not_executed);
  });
  const auto error = thrown_by<TransportError>([&] { fake.redis.execute(incr("n")); });
  EXPECT_STREQ(
      error.what(),
      "INCR at a.upstash.io: no reply after 2 attempts: the line to *** is dead (nothing was executed; check the url "
      "and the network)");
}

TEST(UsersTransport, FailsThenRecovers) {
  const Fake fake([](const HttpRequest&, std::size_t number) -> HttpResponse {
    if (number == 1) throw TransportError("no", Outcome::not_executed);
    return {.status = 200, .body = R"({"result":5})", .sync_token = ""};
  });
  EXPECT_EQ(fake.redis.execute(incr("n")), 5);
}

TEST(UsersTransport, TimeoutsAndCancellationsAreNotRetried) {
  const Fake late(
      [](const HttpRequest&, std::size_t) -> HttpResponse { throw TimeoutError("late", Outcome::unknown); });
  EXPECT_EQ(thrown_by<TimeoutError>([&] { late.redis.execute(get("n")); }).attempts(), 1);
  const Fake stopped([](const HttpRequest&, std::size_t) -> HttpResponse {
    throw CancelledError("stopped", Outcome::unknown);
  });
  EXPECT_EQ(thrown_by<CancelledError>([&] { stopped.redis.execute(get("n")); }).attempts(), 1);
}

TEST(UsersTransport, OtherExceptionsPassThrough) {
  const Fake fake([](const HttpRequest&, std::size_t) -> HttpResponse { throw std::logic_error("mine"); });
  EXPECT_EQ(message_of<std::logic_error>([&] { fake.redis.execute(get("n")); }), "mine");
  EXPECT_EQ(fake.transport->sent().size(), 1U);
}

TEST(UsersTransport, PipelinesUseItToo) {
  const Fake fake([](const HttpRequest&, std::size_t) {
    return HttpResponse{.status = 200, .body = R"([{"result":1},{"result":2}])", .sync_token = ""};
  });
  EXPECT_EQ(fake.redis.batch(incr("a"), incr("b")), (std::tuple{1, 2}));
  EXPECT_EQ(fake.transport->sent().at(0).url, "https://a.upstash.io/pipeline");
}

}  // namespace
}  // namespace upstash::test
