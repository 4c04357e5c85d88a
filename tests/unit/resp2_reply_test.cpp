// RESP2 replies: what is read out of them, and what is refused.
#include "resp2_reply.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <string>
#include <string_view>

#include "parsed_reply.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string nested(std::size_t depth) {
  std::string body;
  for (std::size_t i = 0; i < depth; ++i) body += "*1\r\n";
  return body + ":1\r\n";
}

/// Refuses to hand out more than it was given, as a small machine would.
class LimitedMemory : public std::pmr::memory_resource {
 public:
  explicit LimitedMemory(std::size_t bytes) : left_(bytes) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (bytes > left_) throw std::bad_alloc();
    left_ -= bytes;
    return memory_.allocate(bytes, alignment);
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t left_;
  std::pmr::monotonic_buffer_resource memory_;
};

TEST(Resp2Reply, ReadsEveryType) {
  EXPECT_EQ(parsed("+OK\r\n"), Reply("OK"));
  EXPECT_EQ(parsed("+\r\n"), Reply(""));
  EXPECT_EQ(error_in("-ERR no\r\n"), "ERR no");
  EXPECT_EQ(parsed(":5\r\n"), Reply(5));
  EXPECT_EQ(parsed(":-9223372036854775808\r\n"), Reply(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(parsed(":9223372036854775807\r\n"), Reply(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(parsed("$5\r\nhello\r\n"), Reply("hello"));
  EXPECT_EQ(parsed("$0\r\n\r\n"), Reply(""));
  EXPECT_EQ(parsed("$-1\r\n"), Reply(nullptr));
  EXPECT_EQ(parsed("*-1\r\n"), Reply(nullptr));
  EXPECT_EQ(parsed("*0\r\n"), Reply(Replies{}));
  EXPECT_EQ(
      parsed("*4\r\n:1\r\n$1\r\na\r\n*1\r\n$-1\r\n+x\r\n"), Reply(Replies{1, "a", Replies{nullptr}, "x"}));
}

TEST(Resp2Reply, StringsHoldEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  bytes += "\r\n+OK\r\n";
  EXPECT_EQ(parsed("$" + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n"), Reply(bytes));
  EXPECT_EQ(parsed("$4\r\nYQ==\r\n"), Reply("YQ=="));  // not base64, whatever the encoding of JSON replies
}

TEST(Resp2Reply, ErrorsInArraysAreErrorsOfTheirSlot) {
  const detail::ReplyDocument document("*2\r\n-ERR no\r\n:1\r\n", detail::StringEncoding::base64, 128);
  EXPECT_EQ(document.root().elements()[0].kind, detail::ReplyNode::Kind::error);
  EXPECT_EQ(document.root().elements()[0].view(), "ERR no");
  EXPECT_EQ(document.root().elements()[1].number, 1);
}

TEST(Resp2Reply, RefusesAReplyCutOffAtAnyByte) {
  const std::string body = "*5\r\n:-12\r\n$5\r\nhello\r\n*2\r\n+OK\r\n-ERR x\r\n$-1\r\n$0\r\n\r\n";
  static_cast<void>(parsed(body));
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_NO_THROW(static_cast<void>(refusal(body.substr(0, size)))) << size;
  }
}

TEST(Resp2Reply, RefusesBytesBehindTheEnd) {
  EXPECT_TRUE(holds(refusal("+OK\r\n+OK\r\n"), "bytes after the reply's end"));
  EXPECT_TRUE(holds(refusal(":1\r\n\n"), "bytes after the reply's end"));
  EXPECT_TRUE(holds(refusal("$2\r\nabc\r\n"), "a string without its end"));
}

TEST(Resp2Reply, RefusesAbsurdLengths) {
  for (const std::string_view body :
       {"$9223372036854775807\r\nx\r\n"sv,
        "$9223372036854775806\r\nx\r\n"sv,
        "$18446744073709551615\r\nx\r\n"sv,
        "$-2\r\n"sv,
        "$-9223372036854775808\r\n"sv,
        "$2147483648\r\nx\r\n"sv,
        "*9223372036854775807\r\n:1\r\n"sv,
        "*-2\r\n"sv,
        "*1000000000\r\n:1\r\n"sv,
        "*2\r\n:1\r\n"sv,
        "$2\r\na\r\n"sv}) {
    EXPECT_NO_THROW(static_cast<void>(refusal(body))) << body;
  }
}

TEST(Resp2Reply, TakesNoMoreMemoryThanSoManyElementsNeed) {
  // Each level claims as many elements as could follow at all.
  std::string body;
  for (int i = 0; i < 100; ++i) body += "*10000\r\n";
  body.append(30'000, ' ');
  LimitedMemory memory(body.size() / 3 * sizeof(detail::ReplyNode));
  EXPECT_THROW(static_cast<void>(detail::parse_resp2_reply(body, memory, 128)), detail::MalformedReply);
}

TEST(Resp2Reply, RefusesNumbersThatAreNone) {
  for (const std::string_view number :
       {""sv, "x"sv, "1x"sv, " 1"sv, "1 "sv, "+1"sv, "--1"sv, "1.5"sv, "9223372036854775808"sv}) {
    for (const char type : {':', '$', '*'}) {
      const std::string body = type + std::string(number) + "\r\n";
      EXPECT_TRUE(holds(refusal(body), "a number that is none")) << body;
    }
  }
}

TEST(Resp2Reply, RefusesUnknownTypes) {
  EXPECT_TRUE(holds(refusal("*1\r\n%1\r\n"), "an unknown type byte"));
  EXPECT_TRUE(holds(refusal("*1\r\n\r\n\r\n"), "a line that is cut off"));
}

TEST(Resp2Reply, LimitsTheDepth) {
  // One level more than in JSON, for the pipeline's own list.
  EXPECT_NO_THROW(static_cast<void>(parsed(nested(4), detail::StringEncoding::base64, 3)));
  EXPECT_TRUE(holds(refusal(nested(5), detail::StringEncoding::base64, 3), "a reply nested deeper than 3"));
  EXPECT_TRUE(holds(refusal(nested(200'000)), "a reply nested deeper than 128"));
}

TEST(Resp2Reply, SaysWhere) { EXPECT_TRUE(holds(refusal("*2\r\n:1\r\n%\r\n"), "near byte 11")); }

}  // namespace
}  // namespace upstash::test
