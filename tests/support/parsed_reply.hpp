// Parses a reply's body for tests: as a value, or as the reason why it is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <upstash/reply.hpp>

#include "reply_document.hpp"
#include "reply_shapes.hpp"
#include "thrown_by.hpp"

namespace upstash::test {

[[nodiscard]] inline Reply parsed(
    std::string_view body,
    detail::StringEncoding strings = detail::StringEncoding::base64,
    std::size_t max_depth = 128) {
  return detail::shape::Any::parse(detail::ReplyDocument(std::string(body), strings, max_depth).root());
}

[[nodiscard]] inline Reply parsed_plain(std::string_view body) {
  return parsed(body, detail::StringEncoding::plain);
}

/// Why the body is refused.
[[nodiscard]] inline std::string refusal(
    std::string_view body,
    detail::StringEncoding strings = detail::StringEncoding::base64,
    std::size_t max_depth = 128) {
  return message_of<detail::MalformedReply>([&] { static_cast<void>(parsed(body, strings, max_depth)); });
}

/// The error that the body is; fails the test when it is none.
[[nodiscard]] inline std::string error_in(std::string_view body) {
  const detail::ReplyDocument document{std::string(body), detail::StringEncoding::base64, 128};
  if (document.root().kind != detail::ReplyNode::Kind::error)
    throw std::runtime_error("the reply is no error");
  return std::string(document.root().view());
}

using Replies = std::vector<Reply>;

}  // namespace upstash::test
