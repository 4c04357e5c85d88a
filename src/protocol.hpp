// Protocol: what all requests of one client have in common: addresses, headers, how replies are read, what errors say.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/error.hpp>
#include <upstash/pipeline.hpp>
#include <upstash/transport.hpp>

#include "curl_transfer.hpp"
#include "endpoint.hpp"
#include "per_process.hpp"
#include "reply_document.hpp"
#include "reply_node.hpp"

namespace upstash::detail {

/// What messages say about a request.
struct Subject {
  std::string_view name;  // of the command
  bool idempotent;
};

/// One request, the same for all attempts to send it.
struct Outgoing {
  const std::string& url;
  std::string_view body;
  Subject subject;
  std::size_t commands;
  const std::vector<std::string>& headers;
};

/// "pipeline" or "transaction".
[[nodiscard]] constexpr std::string_view name_of(Pipeline::Kind kind) noexcept {
  return kind == Pipeline::Kind::transaction ? "transaction" : "pipeline";
}

class Protocol {
 public:
  /// Throws UsageError for options that cannot be right.
  explicit Protocol(ClientOptions options);

  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
  [[nodiscard]] CurlSettings curl_settings() const;

  [[nodiscard]] const std::string& base_url() const noexcept { return endpoint_.base_url; }
  [[nodiscard]] const std::string& command_url() const noexcept { return command_url_; }
  [[nodiscard]] const std::string& url_of(Pipeline::Kind kind) const noexcept {
    return kind == Pipeline::Kind::transaction ? transaction_url_ : pipeline_url_;
  }
  [[nodiscard]] const std::vector<std::string>& headers() const noexcept { return headers_; }
  [[nodiscard]] const std::vector<std::string>& raw_body_headers() const noexcept {
    return raw_body_headers_;
  }
  [[nodiscard]] const std::vector<std::string>& stream_headers() const noexcept { return stream_headers_; }
  [[nodiscard]] const std::vector<std::string>& headers_of(Pipeline::Kind kind) const noexcept {
    return kind == Pipeline::Kind::transaction ? transaction_headers_ : headers_;
  }

  /// What the next request is to carry: empty when it is to carry none.
  [[nodiscard]] std::string token_to_send() const;
  /// Takes the token of a reply over.
  void take_token(HttpResponse& response) const;
  [[nodiscard]] std::string sync_token() const;
  void set_sync_token(std::string text) const;

  /// The error of a request that got no usable reply.
  [[nodiscard]] std::string failure_message(
      const Subject& subject, std::string_view reason, Outcome outcome, int attempts, bool stopped) const;
  /// An error of Redis; `where` is the command, or its slot.
  [[nodiscard]] std::shared_ptr<const ServerError> server_error(
      const std::string& where, std::string_view reply, std::string_view command, int http_status) const;

  /// The first bytes of a reply, kept because parsing overwrites it.
  class Excerpt {
   public:
    explicit Excerpt(std::string_view body, bool is_cut = false);
    [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] bool is_cut() const noexcept { return cut_; }

   private:
    std::array<char, 96> bytes_;
    std::size_t size_;
    bool cut_;
  };
  /// Throws the ProtocolError "the reply <problem>".
  [[noreturn]] void throw_protocol_error(
      const Subject& subject, std::string_view problem, const Excerpt& excerpt, int http_status) const;

 private:
  struct SyncToken {
    std::string text;
    static SyncToken in_child(SyncToken* parent) { return parent != nullptr ? *parent : SyncToken{}; }
  };

  [[nodiscard]] std::string context(std::string_view name) const;
  /// The excerpt as a message may show it: printable and without the token.
  [[nodiscard]] std::string shown(const Excerpt& excerpt) const;
  /// The text with the token, should it be in it, taken out.
  [[nodiscard]] std::string redacted(std::string text) const;
  friend class ReplyReader;

  ClientOptions options_;
  Endpoint endpoint_;
  std::string command_url_;
  std::string pipeline_url_;
  std::string transaction_url_;
  std::vector<std::string> headers_;
  std::vector<std::string> raw_body_headers_;
  std::vector<std::string> transaction_headers_;  // RESP2 does not serve transactions
  std::vector<std::string> stream_headers_;
  mutable PerProcess<SyncToken> sync_token_;
};

/// The reply to one request.
class ReplyReader {
 public:
  ReplyReader(const Protocol& protocol, HttpResponse response);
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  /// The reply; null when there is none, and fail() says why.
  [[nodiscard]] const ReplyNode* reply() const noexcept { return reply_; }
  /// Throws what is wrong with the reply: the ServerError that it is, or a ProtocolError.
  [[noreturn]] void fail(const Subject& subject) const;
  /// Throws the ProtocolError for a reply that is not this command's.
  [[noreturn]] void fail(const Subject& subject, std::string_view problem) const;

 private:
  const Protocol& protocol_;
  Protocol::Excerpt excerpt_;
  int status_;
  std::string problem_ = "it is no error, as the status has it";
  std::optional<ReplyDocument> document_;
  const ReplyNode* reply_ = nullptr;
};

/// Has the replies of a pipeline or transaction parsed into their boxes. Throws ShapeError when there is another number
/// of them or one is of another shape than its command has.
void parse_replies(
    const Protocol& protocol, const ReplyNode& reply, std::string_view name, std::span<ResultBox> boxes);

}  // namespace upstash::detail
