// ReplyNode: one node of a parsed reply, whichever encoding it came in. Nodes look into the reply's buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace upstash::detail {

struct ReplyNode {
  enum class Kind : std::uint8_t { nil, integer, string, array, error };

  [[nodiscard]] static ReplyNode nil() noexcept { return ReplyNode(Kind::nil); }
  [[nodiscard]] static ReplyNode of_integer(std::int64_t number) noexcept {
    ReplyNode node(Kind::integer);
    node.number = number;
    return node;
  }
  [[nodiscard]] static ReplyNode of_string(std::string_view text) noexcept {
    ReplyNode node(Kind::string, text.size());
    node.text = text.data();
    return node;
  }
  /// The string that `buffer` is, which take_text() moves from.
  [[nodiscard]] static ReplyNode of_buffer(std::string& buffer) noexcept {
    ReplyNode node(Kind::string, buffer.size());
    node.has_buffer = true;
    node.buffer = &buffer;
    return node;
  }
  [[nodiscard]] static ReplyNode of_error(std::string_view text) noexcept {
    ReplyNode node(Kind::error, text.size());
    node.text = text.data();
    return node;
  }
  [[nodiscard]] static ReplyNode of_array(const ReplyNode* first, std::size_t count) noexcept {
    ReplyNode node(Kind::array, count);
    node.first = first;
    return node;
  }

  /// The text of a string or error.
  [[nodiscard]] std::string_view view() const noexcept {
    return has_buffer ? std::string_view(*buffer) : std::string_view(text, size);
  }
  /// The text of a string, for who reads the node last: afterwards view() is unspecified.
  [[nodiscard]] std::string take_text() const {
    return has_buffer ? std::move(*buffer) : std::string(text, size);
  }
  /// The elements of an array.
  [[nodiscard]] std::span<const ReplyNode> elements() const noexcept { return {first, size}; }

  Kind kind;
  bool has_buffer = false;
  std::size_t size;  // of the text, or the number of elements
  union {
    std::int64_t number;
    const char* text;
    std::string* buffer;
    const ReplyNode* first;
  };

 private:
  explicit ReplyNode(Kind node_kind, std::size_t node_size = 0) noexcept
      : kind(node_kind), size(node_size), number(0) {}
};

/// A reply has another shape than its command's. What calls the parsers turns it into a ProtocolError that names
/// the command.
class ShapeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws ShapeError "expected …, got …".
[[noreturn]] void throw_shape_error(std::string_view expected, const ReplyNode& got);

}  // namespace upstash::detail
