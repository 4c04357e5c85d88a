// ReplyDocument: a reply's body, parsed in place into nodes.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <stdexcept>
#include <string>

#include "reply_node.hpp"

namespace upstash::detail {

/// The body is not a reply of the API; the message says why.
class MalformedReply : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class StringEncoding { plain, base64 };

class ReplyDocument {
 public:
  /// Takes the body over and parses it: `{"result": …}`, `{"error": …}`, a list of such, or RESP2, which its first
  /// byte tells apart. Throws MalformedReply, also when arrays are nested deeper than `max_depth`.
  ReplyDocument(std::string body, StringEncoding strings, std::size_t max_depth);
  ReplyDocument(const ReplyDocument&) = delete;
  ReplyDocument& operator=(const ReplyDocument&) = delete;

  /// The reply; of a pipeline an array of replies. The nodes live as long as this document, from which a large string
  /// can be taken.
  [[nodiscard]] const ReplyNode& root() const noexcept { return root_; }

 private:
  /// Makes the body the string that the reply is, if that is most of it.
  void reduce_to_string();

  std::string body_;
  std::array<std::byte, 1024> first_nodes_;  // enough for most replies, without an allocation
  std::pmr::monotonic_buffer_resource nodes_;
  ReplyNode root_ = ReplyNode::nil();
};

}  // namespace upstash::detail
