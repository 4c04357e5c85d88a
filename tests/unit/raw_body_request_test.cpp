// The URL of a command that carries one argument as the raw body.
#include "raw_body_request.hpp"

#include <gtest/gtest.h>

#include <string>

#include <upstash/error.hpp>

#include "command_builder.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

const std::string binary = "\xff\0"s;

std::string url_of(const ValueList& arguments) {
  return detail::raw_body_url("https://a.io", detail::custom_command(arguments));
}

TEST(RawBodyUrl, PutsTheArgumentsBeforeTheBodyIntoThePath) {
  EXPECT_EQ(url_of({"SET", "k", binary}), "https://a.io/SET/k");
  EXPECT_EQ(url_of({"HSET", "h", "f", binary}), "https://a.io/HSET/h/f");
  EXPECT_EQ(url_of({"ECHO", binary}), "https://a.io/ECHO");
  EXPECT_EQ(
      detail::raw_body_url("https://a.io/db", detail::custom_command({"SET", "k", binary})),
      "https://a.io/db/SET/k");
}

TEST(RawBodyUrl, PutsTheOthersIntoTheQueryAsNamesAndValues) {
  EXPECT_EQ(url_of({"SET", "k", binary, "EX", 100}), "https://a.io/SET/k?EX=100");
  EXPECT_EQ(url_of({"SET", "k", binary, "EX", 100, "GET", "x"}), "https://a.io/SET/k?EX=100&GET=x");
  EXPECT_EQ(url_of({"SETEX", binary, 10, "v"}), "https://a.io/SETEX?10=v");
}

TEST(RawBodyUrl, AnOddOneOutIsANameWithoutAValue) {
  EXPECT_EQ(url_of({"SET", "k", binary, "NX"}), "https://a.io/SET/k?NX");
  EXPECT_EQ(url_of({"SET", "k", binary, "EX", 100, "NX"}), "https://a.io/SET/k?EX=100&NX");
}

TEST(RawBodyUrl, EncodesAllThatIsNotUnreserved) {
  EXPECT_EQ(
      url_of({"SET", "a/b?c&d=e%f g+h#\"\n\0\x7f~-_.Z9"s, binary, "é=", "&"}),
      "https://a.io/SET/a%2Fb%3Fc%26d%3De%25f%20g%2Bh%23%22%0A%00%7F~-_.Z9?%C3%A9%3D=%26");
}

TEST(RawBodyUrl, EncodesDotSegmentsThatAProxyWouldResolve) {
  EXPECT_EQ(url_of({"SET", ".", binary}), "https://a.io/SET/%2E");
  EXPECT_EQ(url_of({"SET", "..", binary}), "https://a.io/SET/%2E%2E");
  EXPECT_EQ(url_of({"SET", "...", binary}), "https://a.io/SET/...");
  EXPECT_EQ(url_of({"SET", "a.b", binary}), "https://a.io/SET/a.b");
}

TEST(RawBodyUrl, RefusesANameThatTheServiceTakesForItsToken) {
  EXPECT_THROW(static_cast<void>(url_of({"HSET", "h", "f", binary, "_token", "v"})), UsageError);
  EXPECT_EQ(url_of({"SET", "_token", binary, "f", "_token"}), "https://a.io/SET/_token?f=_token");
}

TEST(RawBodyUrl, RefusesWhatAUrlCannotCarry) {
  for (const auto& refused :
       {message_of<UsageError>([] {
          static_cast<void>(url_of({"SET", "", binary}));
        }),
        message_of<UsageError>([] {
          static_cast<void>(url_of({"HSET", "h", "", binary}));
        })}) {
    EXPECT_TRUE(holds(refused, "SET: argument ")) << refused;
    EXPECT_TRUE(holds(refused, " is empty")) << refused;
  }
  EXPECT_TRUE(holds(
      message_of<UsageError>([] {
        static_cast<void>(url_of({"HSET", "h", binary, "f", ""}));
      }),
      "HSET: argument 4 is empty"));
  EXPECT_TRUE(holds(message_of<UsageError>([] { static_cast<void>(url_of({binary, "k"})); }), "name"));
}

}  // namespace
}  // namespace upstash::test
