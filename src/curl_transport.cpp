#include "curl_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <optional>
#include <stop_token>
#include <utility>

#include "sigpipe.hpp"

namespace upstash::detail {

/// One easy handle with a multi handle of its own, whose connection cache keeps the connection alive.
class CurlConnection {
 public:
  explicit CurlConnection(const CurlSettings& settings) : transfer_(settings) {
    if (!multi_) throw std::bad_alloc();
  }

  /// After this has thrown, the connection is not to be used again.
  HttpResponse send(const HttpRequest& request) {
    const auto left = transfer_.prepare(request);
    return transfer_.finish(perform(request.stop_token, left));
  }

 private:
  CURLcode perform(const std::stop_token& stop_token, std::chrono::milliseconds limit) {
    // The easy handle must leave the multi handle again whatever happens in between.
    struct Membership {
      Membership(CURLM* m, CURL* e) : multi(m), easy(e) { curl_multi_add_handle(multi, easy); }
      Membership(const Membership&) = delete;
      Membership& operator=(const Membership&) = delete;
      ~Membership() { curl_multi_remove_handle(multi, easy); }
      CURLM* multi;
      CURL* easy;
    };
    const Membership membership(multi_.get(), transfer_.easy());
    const std::stop_callback wake(stop_token, [this] { curl_multi_wakeup(multi_.get()); });
    const int longest_wait = static_cast<int>(std::min<std::int64_t>(limit.count(), 60'000));
    while (true) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (running == 0) break;
      if (stop_token.stop_requested()) return CURLE_ABORTED_BY_CALLBACK;
      if (curl_multi_poll(multi_.get(), nullptr, 0, longest_wait, nullptr) != CURLM_OK)
        return CURLE_FAILED_INIT;
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
  }

  MultiHandle multi_{curl_multi_init()};
  CurlTransfer transfer_;
};

// A child of fork() makes connections of its own.
CurlTransport::Pool CurlTransport::Pool::in_child(Pool*) { return {}; }

CurlTransport::CurlTransport(CurlSettings settings) : settings_(std::move(settings)) { initialise_curl(); }

CurlTransport::~CurlTransport() = default;

HttpResponse CurlTransport::send(const HttpRequest& request) {
  std::unique_ptr<CurlConnection> connection = acquire();
  // Only TLS writes to the socket in a way that can raise SIGPIPE.
  std::optional<SigpipeBlock> block;
  if (settings_.tls) block.emplace();
  HttpResponse response = connection->send(request);
  release(std::move(connection));
  return response;
}

std::unique_ptr<CurlConnection> CurlTransport::acquire() {
  std::unique_ptr<CurlConnection> idle = pool_.with([](Pool& pool) -> std::unique_ptr<CurlConnection> {
    if (pool.idle.empty()) return nullptr;
    auto connection = std::move(pool.idle.back());
    pool.idle.pop_back();
    return connection;
  });
  if (!idle) idle = std::make_unique<CurlConnection>(settings_);
  return idle;
}

void CurlTransport::release(std::unique_ptr<CurlConnection> connection) {
  pool_.with([&](Pool& pool) {
    if (pool.idle.size() < settings_.max_idle_connections) pool.idle.push_back(std::move(connection));
  });
}

}  // namespace upstash::detail
