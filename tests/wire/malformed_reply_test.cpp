// Replies that are not the API's, or not the command's, end in a ProtocolError that shows what came.
#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

class MalformedReplyTest : public testing::Test {
 protected:
  ProtocolError error_for(Action reply) {
    server.enqueue(std::move(reply));
    return thrown_by<ProtocolError>([&] { Redis(options).execute(incr("key-content")); });
  }

  ScriptedServer server;
  ClientOptions options = options_for(server);
};

TEST_F(MalformedReplyTest, HtmlWithStatus200) {
  const ProtocolError error =
      error_for(answer(200, "<html>\n<body>Sign in</body>", {{"Content-Type", "text/html"}}));
  EXPECT_EQ(error.http_status(), 200);
  EXPECT_EQ(error.excerpt(), "<html> <body>Sign in</body>");
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:" + std::to_string(server.port()))) << error.what();
  EXPECT_TRUE(holds(error.what(), "HTTP 200")) << error.what();
  EXPECT_TRUE(holds(error.what(), "<html> <body>Sign in</body>")) << error.what();
  EXPECT_FALSE(holds(error.what(), "key-content")) << error.what();
  EXPECT_FALSE(holds(error.what(), "\n")) << error.what();
}

TEST_F(MalformedReplyTest, JsonOfAnotherApi) {
  for (const std::string_view body :
       {"{}",
        "5",
        R"({"data":[]})",
        R"({"result":{"a":1}})",
        R"({"result":tru)",
        "[]",
        R"([{"result":1}])"}) {
    const ProtocolError error = error_for(answer(200, std::string(body)));
    EXPECT_EQ(error.excerpt(), body);
    EXPECT_TRUE(holds(error.what(), "is not the API's")) << error.what();
  }
}

TEST_F(MalformedReplyTest, AnotherShapeThanTheCommandHas) {
  const ProtocolError error = error_for(answer_json("\"YQ==\""));
  EXPECT_TRUE(holds(error.what(), "expected an integer, got a string of 1 bytes")) << error.what();
  EXPECT_EQ(error.excerpt(), R"({"result":"YQ=="})");
  EXPECT_TRUE(holds(error.what(), "unknown: check before you repeat it")) << error.what();
  server.enqueue(answer_json("5"));
  EXPECT_TRUE(holds(
      message_of<ProtocolError>([&] { Redis(options).execute(get("n")); }),
      "expected a string, got the integer 5"));
}

TEST_F(MalformedReplyTest, AnEmptyBody) {
  EXPECT_EQ(error_for(answer(200, "")).excerpt(), "");
  EXPECT_EQ(error_for(raw("HTTP/1.1 204 No Content\r\n\r\n")).http_status(), 204);
}

TEST_F(MalformedReplyTest, AResultWithAnErrorsStatus) {
  const ProtocolError error = error_for(answer(400, R"({"result":5})"));
  EXPECT_EQ(error.http_status(), 400);
  EXPECT_EQ(error_for(answer(201, R"({"result":5})")).http_status(), 201);
}

TEST_F(MalformedReplyTest, ARedirectIsNotFollowed) {
  for (const int status : {301, 302, 307, 308}) {
    const std::size_t before = server.requests().size();
    const ProtocolError error = error_for(answer(status, "", {{"Location", server.url() + "/elsewhere"}}));
    EXPECT_EQ(error.http_status(), status);
    EXPECT_TRUE(holds(error.what(), "redirects are not followed")) << error.what();
    EXPECT_EQ(server.requests().size(), before + 1);
  }
}

TEST_F(MalformedReplyTest, LongerThanAllowed) {
  options.max_reply_bytes = 100;
  const std::string body = R"({"result":")" + std::string(200, 'Q') + "\"}";
  for (const Action& reply : {answer(200, body), chunked({body.substr(0, 90), body.substr(90)})}) {
    const ProtocolError error = error_for(reply);
    EXPECT_TRUE(holds(error.what(), "max_reply_bytes, 100")) << error.what();
    EXPECT_TRUE(holds(error.what(), "INCR at ")) << error.what();
    EXPECT_TRUE(error.excerpt().starts_with(R"({"result":"QQQQ)")) << error.excerpt();
    EXPECT_LE(error.excerpt().size(), 100U);
    EXPECT_EQ(error.http_status(), 200);
  }
}

TEST_F(MalformedReplyTest, AsLongAsAllowedIsFine) {
  const std::string body = R"({"result":1234})";
  options.max_reply_bytes = body.size();
  server.enqueue(answer(200, body));
  server.enqueue(chunked({body.substr(0, 3), body.substr(3)}));
  EXPECT_EQ(Redis(options).execute(incr("n")), 1234);
  EXPECT_EQ(Redis(options).execute(incr("n")), 1234);
  options.max_reply_bytes = body.size() - 1;
  EXPECT_TRUE(holds(error_for(answer(200, body)).what(), "max_reply_bytes"));
}

TEST_F(MalformedReplyTest, AnAbsurdAnnouncedLengthDoesNoHarm) {
  options.max_reply_bytes = std::numeric_limits<std::size_t>::max();
  server.enqueue(raw("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{\"result\":1}"));
  EXPECT_EQ(
      thrown_by<TransportError>([&] { Redis(options).execute(incr("n")); }).outcome(), Outcome::unknown);
}

TEST_F(MalformedReplyTest, NestedDeeperThanAllowed) {
  options.max_reply_depth = 2;
  const ProtocolError error = error_for(answer_json("[[[1]]]"));
  EXPECT_TRUE(holds(error.what(), "nested deeper than 2")) << error.what();
  EXPECT_EQ(error.excerpt(), R"({"result":[[[1]]]})");
  server.enqueue(answer_json("[[1]]"));
  EXPECT_EQ(Redis(options).execute({"X"})[0][0], Reply(1));
}

TEST_F(MalformedReplyTest, NotHttpAtAllIsNoReply) {
  server.enqueue(raw("SSH-2.0-OpenSSH_9.2\r\n"));
  const auto error = thrown_by<TransportError>([&] { Redis(options).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
}

TEST_F(MalformedReplyTest, TheExcerptIsShortAndPrintable) {
  const ProtocolError error = error_for(answer(200, "\x01\xff" + std::string(10'000, 'x')));
  EXPECT_TRUE(error.excerpt().starts_with("  xxx"));
  EXPECT_TRUE(error.excerpt().ends_with("x..."));
  EXPECT_LT(error.excerpt().size(), 120U);
}

TEST_F(MalformedReplyTest, CutOffWithoutAnAnnouncedLengthIsNoticed) {
  const ProtocolError error = error_for(raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"result\":1"));
  EXPECT_TRUE(holds(error.what(), "not JSON")) << error.what();
}

TEST_F(MalformedReplyTest, TheTokenIsNeverShownAlsoWhenItIsEchoed) {
  const std::string token(test_token);
  const std::string page = "<pre>Authorization: Bearer " + token + "</pre>";
  // At every distance from where the excerpt ends, so that no part of it is left over.
  for (std::size_t before = 40; before < 130; ++before) {
    const ProtocolError error =
        error_for(answer(404, std::string(before, '.') + token + std::string(50, '.')));
    for (std::size_t size = 4; size <= token.size(); ++size) {
      ASSERT_FALSE(holds(error.what(), token.substr(0, size))) << error.what();
      ASSERT_FALSE(holds(error.excerpt(), token.substr(0, size))) << error.excerpt();
    }
  }
  const ProtocolError error = error_for(answer(404, page));
  EXPECT_EQ(error.excerpt(), "<pre>Authorization: Bearer ***</pre>");
  options.max_reply_bytes = page.size() - 1;
  EXPECT_EQ(error_for(answer(404, page)).excerpt(), "<pre>Authorization: Bearer ***</pre...");
}

}  // namespace
}  // namespace upstash::test
