// Client: what all handles of one client share. Sends requests: deadline, retries, read-your-writes, errors.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/error.hpp>
#include <upstash/pipeline.hpp>
#include <upstash/transport.hpp>

#include "endpoint.hpp"
#include "per_process.hpp"
#include "reply_node.hpp"

namespace upstash::detail {

class Call;

class Client {
 public:
  /// Throws UsageError for options that cannot be right.
  explicit Client(ClientOptions options);

  /// Carries out one command and has its result parsed into `result`.
  void run(const AnyCommand& command, const CallOptions& options, void* result);

  /// Carries out the commands in `body`, a JSON list, and gives each box its result or its error.
  void run_all(
      Pipeline::Kind kind,
      std::string_view body,
      bool idempotent,
      std::span<ResultBox> boxes,
      const CallOptions& options);

  /// The time that a call has unless it says otherwise.
  [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return options_.timeout; }

  [[nodiscard]] std::string sync_token();
  void set_sync_token(std::string text);

 private:
  /// One request, the same for all attempts to send it.
  struct Outgoing {
    const std::string& url;
    std::string_view body;
    std::string_view name;  // of the command, for messages
    std::size_t commands;
    bool idempotent;
    const std::vector<std::string>& headers;
  };
  class Excerpt;
  struct SyncToken {
    std::string text;
    static SyncToken in_child(SyncToken* parent) { return parent != nullptr ? *parent : SyncToken{}; }
  };

  HttpResponse send(const Outgoing& outgoing, const CallOptions& options);
  HttpResponse attempt(const Outgoing& outgoing, const Call& call);
  /// Gives the parsed reply of a request that was answered to `use`. Throws ServerError for an error, ProtocolError
  /// for what is no reply of the API or, as `use` finds, not this command's.
  void read(const Outgoing& outgoing, HttpResponse response, const std::function<void(const ReplyNode&)>& use)
      const;

  /// Throws the ProtocolError "the reply <problem>".
  [[noreturn]] void throw_protocol_error(
      const Outgoing& outgoing, std::string_view problem, const Excerpt& excerpt, int http_status) const;

  [[nodiscard]] std::string context(std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const ServerError> server_error(
      const std::string& where, std::string_view reply, std::string_view command, int http_status) const;
  [[nodiscard]] std::string failure_message(
      const Outgoing& outgoing, std::string_view reason, Outcome outcome, int attempts, bool stopped) const;
  /// The excerpt as a message may show it: printable and without the token.
  [[nodiscard]] std::string shown(const Excerpt& excerpt) const;
  /// The text with the token, should it be in it, taken out.
  [[nodiscard]] std::string redacted(std::string text) const;

  ClientOptions options_;
  Endpoint endpoint_;
  std::string command_url_;
  std::string pipeline_url_;
  std::string transaction_url_;
  std::vector<std::string> headers_;
  std::vector<std::string> raw_body_headers_;
  std::vector<std::string> transaction_headers_;  // RESP2 does not serve transactions
  std::shared_ptr<Transport> transport_;
  PerProcess<SyncToken> sync_token_;
};

}  // namespace upstash::detail
