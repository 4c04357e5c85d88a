// CurlTransfer: one request after the other on one libcurl easy handle; who drives the handle is not its business.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include <upstash/transport.hpp>

namespace upstash::detail {

struct CurlSettings {
  bool tls;
  std::chrono::milliseconds connect_timeout;
  std::string ca_file;
  std::string proxy;
  std::size_t max_reply_bytes;
  std::size_t max_idle_connections;
};

/// libcurl is initialised once and never undone: other users of it in the program may still be at work.
void initialise_curl();

struct EasyCleanup {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct MultiCleanup {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
using MultiHandle = std::unique_ptr<CURLM, MultiCleanup>;

/// A chain of header lines for libcurl that owns nothing.
class HeaderChain {
 public:
  void clear() noexcept { size_ = 0; }
  void add(const char* line);
  [[nodiscard]] curl_slist* first() noexcept { return nodes_.data(); }

 private:
  std::array<curl_slist, 16> nodes_{};
  std::size_t size_ = 0;
};

/// Takes the body of an event stream as it comes, inside libcurl.
class StreamSink {
 public:
  enum class Taken { all, later, failed };
  /// With `later` nothing was taken: the same bytes come again once the transfer goes on.
  virtual Taken take(std::string_view bytes) noexcept = 0;

 protected:
  StreamSink() = default;
  StreamSink(const StreamSink&) = default;
  StreamSink& operator=(const StreamSink&) = default;
  ~StreamSink() = default;
};

class CurlTransfer {
 public:
  explicit CurlTransfer(const CurlSettings& settings);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() = default;

  [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
  /// Several requests at a time over one connection where the server offers HTTP/2.
  void allow_http2();
  /// The body of an answer that is an event stream goes to the sink, for as long as it lasts.
  void stream_to(StreamSink& sink) noexcept { sink_ = &sink; }

  /// Makes the handle ready to send this request, all of which must stay as it is until finish() has returned.
  /// Throws TimeoutError when the deadline has passed. Returns the time that is left.
  std::chrono::milliseconds prepare(const HttpRequest& request);
  /// What the request was answered with, once libcurl is through with it; or throws why it has none.
  HttpResponse finish(CURLcode code);

  /// After finish(): the server takes several requests at a time over one connection.
  [[nodiscard]] bool was_multiplexed() const noexcept;
  /// True once anything of the request may have reached the server.
  [[nodiscard]] bool sent() const noexcept { return times_sent_ > 0; }
  /// True when the answer is an event stream.
  [[nodiscard]] bool is_stream() const noexcept { return is_stream_; }
  /// True when finish() threw because the reply is longer than max_reply_bytes.
  [[nodiscard]] bool reply_too_large() const noexcept { return reply_too_large_; }
  /// If the request has not been sent yet, it shall fail instead, as one that was not executed.
  void withdraw() noexcept { withdrawn_ = true; }

 private:
  template <class Setting>
  void set(CURLoption option, Setting setting);

  [[noreturn]] void throw_failure(CURLcode code);
  void make_room(std::size_t bytes) noexcept;

  static int on_connected(void* self, char*, char*, int, int);
  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_header(const char* data, std::size_t, std::size_t size, void* self);

  const CurlSettings& settings_;
  std::unique_ptr<CURL, EasyCleanup> easy_{curl_easy_init()};
  StreamSink* sink_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_{};
  HeaderChain headers_;
  std::string sync_token_line_;
  HttpResponse response_;
  std::chrono::steady_clock::time_point deadline_;
  std::stop_token stop_token_;
  int times_sent_ = 0;
  bool may_resend_ = false;
  bool withdrawn_ = false;
  bool is_stream_ = false;
  bool reply_too_large_ = false;
  bool out_of_memory_ = false;
};

}  // namespace upstash::detail
