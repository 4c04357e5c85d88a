// What the errors say and carry.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <upstash/error.hpp>

#include "thrown_by.hpp"

namespace upstash::test {
namespace {

ServerError server_error(std::string_view reply) { return {"INCR at a.io", reply, "", "INCR", 400}; }

TEST(ServerErrorCode, IsTheFirstWordWhenThatIsACode) {
  EXPECT_EQ(server_error("WRONGTYPE Operation against a key").code(), "WRONGTYPE");
  EXPECT_EQ(server_error("ERR").code(), "ERR");
  EXPECT_EQ(server_error("ERR: x").code(), "ERR");
  EXPECT_EQ(server_error("NOSCRIPT No matching script").code(), "NOSCRIPT");
  EXPECT_EQ(server_error("MY_CODE2 x").code(), "MY_CODE2");
  EXPECT_EQ(server_error("Unauthorized").code(), "");
  EXPECT_EQ(server_error("the ERR came later").code(), "");
  EXPECT_EQ(server_error("").code(), "");
  EXPECT_EQ(server_error(" ERR").code(), "");
}

TEST(ServerErrorText, IsContextReplyAndHint) {
  const ServerError plain = server_error("ERR no");
  EXPECT_STREQ(plain.what(), "INCR at a.io: ERR no");
  EXPECT_EQ(plain.reply(), "ERR no");
  EXPECT_EQ(plain.command(), "INCR");
  EXPECT_EQ(plain.http_status(), 400);
  const AuthError hinted("GET at a.io", "NOPERM no", "check the token", "GET", 401);
  EXPECT_STREQ(hinted.what(), "GET at a.io: NOPERM no (check the token)");
}

TEST(ServerErrorText, StaysOneLineWhateverTheServerSends) {
  const ServerError error = server_error("ERR a\r\nb\tc\x1b[31m");
  EXPECT_STREQ(error.what(), "INCR at a.io: ERR a  b c [31m");
  EXPECT_EQ(error.reply(), "ERR a\r\nb\tc\x1b[31m");
}

TEST(ServerErrorRaise, ThrowsItsOwnTypeThroughTheBase) {
  const std::unique_ptr<const ServerError> auth = std::make_unique<AuthError>("c", "NOPERM", "h", "GET", 401);
  EXPECT_EQ(thrown_by<AuthError>([&] { auth->raise(); }).code(), "NOPERM");
  const std::unique_ptr<const ServerError> plain = std::make_unique<ServerError>("c", "ERR", "h", "GET", 400);
  EXPECT_EQ(thrown_by<ServerError>([&] { plain->raise(); }).code(), "ERR");
}

TEST(Errors, AllDeriveFromErrorAndFromRuntimeError) {
  EXPECT_TRUE((std::is_base_of_v<std::runtime_error, Error>));
  EXPECT_TRUE((std::is_base_of_v<Error, UsageError>));
  EXPECT_TRUE((std::is_base_of_v<Error, ServerError>));
  EXPECT_TRUE((std::is_base_of_v<ServerError, AuthError>));
  EXPECT_TRUE((std::is_base_of_v<Error, TransportError>));
  EXPECT_TRUE((std::is_base_of_v<TransportError, TimeoutError>));
  EXPECT_TRUE((std::is_base_of_v<TransportError, CancelledError>));
  EXPECT_TRUE((std::is_base_of_v<Error, ProtocolError>));
}

TEST(Errors, CarryWhatTheyWereGiven) {
  const TimeoutError timeout("m", Outcome::unknown, 3);
  EXPECT_EQ(timeout.outcome(), Outcome::unknown);
  EXPECT_EQ(timeout.attempts(), 3);
  const ProtocolError protocol("m", "<html>", 502);
  EXPECT_EQ(protocol.excerpt(), "<html>");
  EXPECT_EQ(protocol.http_status(), 502);
}

}  // namespace
}  // namespace upstash::test
