// Client: what all handles of one synchronous client share. Sends requests and waits for their replies.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/pipeline.hpp>
#include <upstash/transport.hpp>

#include "protocol.hpp"

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
  [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return protocol_.options().timeout; }

  [[nodiscard]] const Protocol& protocol() const noexcept { return protocol_; }
  [[nodiscard]] std::string sync_token() const { return protocol_.sync_token(); }
  void set_sync_token(std::string text) { protocol_.set_sync_token(std::move(text)); }

 private:
  HttpResponse send(const Outgoing& outgoing, const CallOptions& options);
  HttpResponse attempt(const Outgoing& outgoing, const Call& call);

  Protocol protocol_;
  std::shared_ptr<Transport> transport_;
};

}  // namespace upstash::detail
