// EventParser: server-sent events, in whatever pieces they arrive.
#include "event_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "reply_document.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using detail::EventParser;
using detail::MalformedReply;
using Events = std::vector<std::string>;

Events events_in(const std::vector<std::string_view>& pieces, std::size_t longest = 1000) {
  EventParser parser(longest);
  Events events;
  for (const std::string_view piece : pieces) {
    parser.feed(piece, [&](std::string_view data) { events.emplace_back(data); });
  }
  return events;
}

TEST(EventParser, TakesDataLinesApart) {
  EXPECT_EQ(events_in({"data: one\n\ndata:two\n\ndata:  three\n\n"}), (Events{"one", "two", " three"}));
  EXPECT_EQ(events_in({"data: incomplete\n"}), Events{});
  EXPECT_EQ(events_in({"\n\n\ndata: a\n\n\n\n"}), Events{"a"});
}

TEST(EventParser, JoinsTheLinesOfOneEvent) {
  EXPECT_EQ(events_in({"data: a\ndata: b\ndata:\ndata\ndata: c\n\n"}), Events{"a\nb\n\n\nc"});
  EXPECT_EQ(events_in({"data:\n\n"}), Events{""});
}

TEST(EventParser, LeavesOutCommentsAndOtherFields) {
  EXPECT_EQ(
      events_in({": ping\n\nevent: x\nid: 7\nretry: 1\ndata: a\n: more\ndatax: no\n\nid: 8\n\n"}),
      Events{"a"});
}

TEST(EventParser, KeepsBytes) {
  EXPECT_EQ(events_in({": first\ndata: \0\xff,\r\r\x1b\r\n\n"s}), Events{"\0\xff,\r\r\x1b\r"s});
}

TEST(EventParser, EndsLinesInCrLfWhenTheFirstOneDoes) {
  EXPECT_EQ(events_in({"data: a\r\n\r\ndata: b\r\r\ndata: c\n\r\n"}), (Events{"a", "b\r\nc"}));
  EXPECT_EQ(events_in({": hello\r\ndata: a\r\n\r\n"}), Events{"a"});
  EXPECT_EQ(events_in({"data: a\n\ndata: b\r\n\n"}), (Events{"a", "b\r"}));
}

TEST(EventParser, TakesPiecesCutAnywhere) {
  for (const std::string& end : {"\n"s, "\r\n"s}) {
    std::string text;
    for (const char* const line :
         {": hi",
          "data: subscribe,chat,1",
          "",
          "data: message,chat,\xc3\xa4,b",
          "data: ",
          "data: x",
          "",
          ""}) {
      text += line + end;
    }
    const Events whole{"subscribe,chat,1", "message,chat,\xc3\xa4,b\n\nx"};
    const std::string_view view = text;
    for (std::size_t first = 0; first <= text.size(); ++first) {
      for (std::size_t second = first; second <= text.size(); ++second) {
        ASSERT_EQ(
            events_in({view.substr(0, first), view.substr(first, second - first), view.substr(second)}),
            whole)
            << first << ' ' << second;
      }
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(view.substr(i, 1));
    EXPECT_EQ(events_in(bytes), whole);
  }
}

TEST(EventParser, BoundsTheLengthOfAnEvent) {
  EXPECT_EQ(events_in({"data: 0123456789\n\n"}, 20), Events{"0123456789"});
  const auto fails = [](const std::vector<std::string_view>& pieces) {
    return message_of<MalformedReply>([&] { events_in(pieces, 20); }) ==
           "an event is longer than max_reply_bytes, 20";
  };
  EXPECT_TRUE(fails({"data: 0123456789", "01234"}));
  EXPECT_TRUE(fails({"data: 0123456789\ndata: 0123456789\n"}));
  EXPECT_TRUE(fails({": a comment that does ", "not end"}));
}

}  // namespace
}  // namespace upstash::test
