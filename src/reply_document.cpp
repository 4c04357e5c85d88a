#include "reply_document.hpp"

#include "json_reply.hpp"
#include "resp2_reply.hpp"

namespace upstash::detail {

ReplyDocument::ReplyDocument(std::string body, StringEncoding strings, std::size_t max_depth)
    : body_(std::move(body)), nodes_(first_nodes_.data(), first_nodes_.size()) {
  const char first = body_.empty() ? '\0' : body_.front();
  const bool is_resp2 = first == '+' || first == '-' || first == ':' || first == '$' || first == '*';
  root_ = is_resp2 ? parse_resp2_reply(body_, nodes_, max_depth)
                   : parse_json_reply(body_, strings, nodes_, max_depth);
}

}  // namespace upstash::detail
