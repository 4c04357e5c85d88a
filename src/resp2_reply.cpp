#include "resp2_reply.hpp"

#include <memory>
#include <string>

#include "node_array.hpp"
#include "reply_document.hpp"
#include "text_number.hpp"

namespace upstash::detail {

namespace {

constexpr std::size_t smallest_reply = 3;  // "+\r\n"

class Resp2Parser {
 public:
  Resp2Parser(std::string_view body, std::pmr::memory_resource& nodes, std::size_t max_depth)
      : rest_(body), size_(body.size()), nodes_(nodes), max_depth_(max_depth) {}

  ReplyNode parse_whole() {
    // A pipeline's list and the reply in it are one level more than a reply alone.
    const ReplyNode node = parse(max_depth_ + 1);
    if (!rest_.empty()) fail("bytes after the reply's end");
    return node;
  }

 private:
  ReplyNode parse(std::size_t depth_left) {
    const std::string_view line = take_line();
    const std::string_view content = line.substr(1);
    switch (line.front()) {
      case '+':
        return ReplyNode::of_string(content);
      case '-':
        return ReplyNode::of_error(content);
      case ':':
        return ReplyNode::of_integer(integer(content));
      case '$':
        return bulk_string(integer(content));
      case '*':
        return array(integer(content), depth_left);
      default:
        fail("an unknown type byte");
    }
  }

  ReplyNode bulk_string(std::int64_t size) {
    if (size == -1) return ReplyNode::nil();
    if (size < 0 || static_cast<std::size_t>(size) + 2 > rest_.size()) fail("a string that is cut off");
    const auto length = static_cast<std::size_t>(size);
    if (rest_.substr(length, 2) != "\r\n") fail("a string without its end");
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length + 2);
    return ReplyNode::of_string(text);
  }

  ReplyNode array(std::int64_t size, std::size_t depth_left) {
    if (size == -1) return ReplyNode::nil();
    // All that was announced must still fit, so that nested arrays cannot claim the same room again and again.
    if (size < 0 || static_cast<std::size_t>(size) + awaited_ > rest_.size() / smallest_reply) {
      fail("an array that is cut off");
    }
    if (depth_left == 0) fail("a reply nested deeper than " + std::to_string(max_depth_));
    const auto count = static_cast<std::size_t>(size);
    ReplyNode* const first = allocate_nodes(count, nodes_);
    awaited_ += count;
    for (std::size_t i = 0; i < count; ++i) {
      --awaited_;
      std::construct_at(first + i, parse(depth_left - 1));
    }
    return ReplyNode::of_array(first, count);
  }

  std::string_view take_line() {
    const std::size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos || end == 0) fail("a line that is cut off");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return line;
  }

  std::int64_t integer(std::string_view text) {
    const auto number = text_to_integer(text);
    if (!number) fail("a number that is none");
    return *number;
  }

  [[noreturn]] void fail(const std::string& what) {
    throw MalformedReply(
        "its RESP2 has " + what + " (near byte " + std::to_string(size_ - rest_.size()) + ")");
  }

  std::string_view rest_;
  std::size_t size_;
  std::pmr::memory_resource& nodes_;
  std::size_t max_depth_;
  std::size_t awaited_ = 0;  // elements of the open arrays that are still to come
};

}  // namespace

ReplyNode parse_resp2_reply(std::string_view body, std::pmr::memory_resource& nodes, std::size_t max_depth) {
  return Resp2Parser(body, nodes, max_depth).parse_whole();
}

}  // namespace upstash::detail
