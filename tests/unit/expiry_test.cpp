// Durations and instants as the options EX, PX, EXAT, PXAT, KEEPTTL and PERSIST.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include <upstash/expiry.hpp>

#include "command_builder.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

std::string json_of(const Expiry& expiry) {
  return detail::build<detail::shape::Any>({.name = "C"}, expiry).encoded().json;
}

struct Options {
  std::optional<SetExpiry> set{};
  std::optional<GetExpiry> get{};
};

TEST(ExpiryOption, WholeSecondsAreEx) {
  EXPECT_EQ(json_of(10s), R"(["C","EX","10"])");
  EXPECT_EQ(json_of(2min), R"(["C","EX","120"])");
  EXPECT_EQ(json_of(24h), R"(["C","EX","86400"])");
  EXPECT_EQ(json_of(3000ms), R"(["C","EX","3"])");
  EXPECT_EQ(json_of(std::chrono::days(400)), R"(["C","EX","34560000"])");
}

TEST(ExpiryOption, FinerDurationsArePx) {
  EXPECT_EQ(json_of(1500ms), R"(["C","PX","1500"])");
  EXPECT_EQ(json_of(1ms), R"(["C","PX","1"])");
  EXPECT_EQ(json_of(std::chrono::duration<double>(1.5)), R"(["C","PX","1500"])");
}

TEST(ExpiryOption, WhatIsFinerThanAMillisecondIsRoundedUp) {
  EXPECT_EQ(json_of(1ns), R"(["C","PX","1"])");
  EXPECT_EQ(json_of(1500us), R"(["C","PX","2"])");
  EXPECT_EQ(json_of(1000us), R"(["C","PX","1"])");
  EXPECT_EQ(json_of(999'999us), R"(["C","EX","1"])");
  EXPECT_EQ(json_of(1s + 1ns), R"(["C","PX","1001"])");
}

TEST(ExpiryOption, InstantsAreExatOrPxat) {
  EXPECT_EQ(json_of(system_clock::time_point(1'700'000'000s)), R"(["C","EXAT","1700000000"])");
  EXPECT_EQ(json_of(system_clock::time_point(1'700'000'000'001ms)), R"(["C","PXAT","1700000000001"])");
  EXPECT_EQ(json_of(system_clock::time_point(1'700'000'000'000'001us)), R"(["C","PXAT","1700000000001"])");
  EXPECT_EQ(json_of(std::chrono::sys_days(std::chrono::year(2030) / 1 / 1)), R"(["C","EXAT","1893456000"])");
  EXPECT_EQ(json_of(std::chrono::sys_seconds(5s)), R"(["C","EXAT","5"])");
}

TEST(ExpiryOption, WhatIsTooLongIsTheLongest) {
  EXPECT_EQ(json_of(std::chrono::hours::max()), R"(["C","PX","9223372036854775807"])");
  EXPECT_EQ(json_of(std::chrono::hours::min()), R"(["C","PX","-9223372036854775808"])");
  EXPECT_EQ(json_of(std::chrono::milliseconds::max()), R"(["C","PX","9223372036854775807"])");
  EXPECT_EQ(json_of(std::chrono::milliseconds::min()), R"(["C","PX","-9223372036854775808"])");
  EXPECT_EQ(json_of(std::chrono::duration<double>(1e300)), R"(["C","PX","9223372036854775807"])");
}

TEST(InstantArgument, MayBeFarInTheFuture) {
  const auto far = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  EXPECT_EQ(detail::unix_seconds(far), 253'402'214'400);
  EXPECT_EQ(detail::unix_milliseconds(far), 253'402'214'400'000);
  EXPECT_EQ(detail::unix_milliseconds(system_clock::time_point(1ns)), 1);
  EXPECT_EQ(detail::unix_seconds(system_clock::time_point(1s + 1ns)), 2);
  EXPECT_EQ(detail::unix_seconds(std::chrono::sys_seconds(-1s)), -1);
}

TEST(ExpiryOption, KeepsOrRemovesTheTimeToLive) {
  EXPECT_EQ(json_of(SetExpiry(keep_ttl)), R"(["C","KEEPTTL"])");
  EXPECT_EQ(json_of(GetExpiry(persist)), R"(["C","PERSIST"])");
}

TEST(ExpiryOption, IsMeantForDesignatedInitializers) {
  EXPECT_EQ(json_of(*Options{.set = 10s}.set), R"(["C","EX","10"])");
  EXPECT_EQ(json_of(*Options{.set = keep_ttl}.set), R"(["C","KEEPTTL"])");
  EXPECT_EQ(json_of(*Options{.get = persist}.get), R"(["C","PERSIST"])");
  EXPECT_EQ(json_of(*Options{.get = system_clock::time_point(5s)}.get), R"(["C","EXAT","5"])");
  const Expiry kept = 10s;
  EXPECT_EQ(json_of(*Options{.set = kept}.set), R"(["C","EX","10"])");
  EXPECT_EQ(json_of(*Options{.get = kept}.get), R"(["C","EX","10"])");
  EXPECT_FALSE((std::is_constructible_v<SetExpiry, Persist>));
  EXPECT_FALSE((std::is_constructible_v<GetExpiry, KeepTtl>));
}

}  // namespace
}  // namespace upstash::test
