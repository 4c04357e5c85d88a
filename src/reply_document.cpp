#include "reply_document.hpp"

#include "json_reply.hpp"
#include "resp2_reply.hpp"

namespace upstash::detail {

namespace {

/// From here on a copy, which means fresh pages of memory, costs more than it saves.
constexpr std::size_t large_string = 64 * 1024;

}  // namespace

ReplyDocument::ReplyDocument(std::string body, StringEncoding strings, std::size_t max_depth)
    : body_(std::move(body)), nodes_(first_nodes_.data(), first_nodes_.size()) {
  const char first = body_.empty() ? '\0' : body_.front();
  const bool is_resp2 = first == '+' || first == '-' || first == ':' || first == '$' || first == '*';
  root_ = is_resp2 ? parse_resp2_reply(body_, nodes_, max_depth)
                   : parse_json_reply(body_, strings, nodes_, max_depth);
  if (root_.kind == ReplyNode::Kind::string) reduce_to_string();
}

void ReplyDocument::reduce_to_string() {
  const std::string_view text = root_.view();
  // Who takes the body holds all its memory, at most twice of what the string needs.
  if (text.size() < large_string || text.size() < body_.capacity() / 2) return;
  const auto start = static_cast<std::size_t>(text.data() - body_.data());
  body_.resize(start + text.size());
  body_.erase(0, start);
  root_ = ReplyNode::of_buffer(body_);
}

}  // namespace upstash::detail
