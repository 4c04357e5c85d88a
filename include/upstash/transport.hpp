// Transport: what carries a request to the server. Replace it to test without a network.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace upstash {

/// One HTTP POST. All views are valid until send() returns.
struct HttpRequest {
  const std::string& url;                ///< The whole URL.
  std::span<const std::string> headers;  ///< Lines such as "Authorization: Bearer …".
  std::string_view sync_token;           ///< To be sent as the header Upstash-Sync-Token; empty: not at all.
  std::string_view body;
  /// May the transport itself send the request again when a kept-alive connection turns out to be closed?
  bool may_resend;
  std::chrono::steady_clock::time_point deadline;
  std::stop_token stop_token;
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string sync_token;  ///< The header Upstash-Sync-Token; empty when there is none.
};

/// Sends one request and returns what was answered, whatever its status.
///
/// Called from many threads at once. When no whole reply arrives it throws TransportError, TimeoutError or
/// CancelledError, whose outcome() is Outcome::not_executed only if nothing of the request can have reached the
/// server; its message is a bare reason ("connection refused"), the client adds command, host and advice.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual HttpResponse send(const HttpRequest& request) = 0;
};

}  // namespace upstash
