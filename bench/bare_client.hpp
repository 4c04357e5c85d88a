// What somebody would write by hand over libcurl: the requests that the library sends, and the replies kept but not read.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace upstash::bench {

/// A body of commands, and where it goes.
struct BareRequest {
  std::string path;
  std::string body;
};

/// `["GET","key"]`
BareRequest bare_get();
/// The same so many times in one request.
BareRequest bare_pipeline(std::int64_t commands);

/// One easy handle, one request after the other.
class BareEasy {
 public:
  BareEasy(const std::string& base_url, BareRequest request);
  BareEasy(const BareEasy&) = delete;
  BareEasy& operator=(const BareEasy&) = delete;
  ~BareEasy();

  /// Sends the request and keeps the reply.
  void perform();

  [[nodiscard]] CURL* handle() const noexcept { return curl_; }
  /// Forgets the reply before; its memory is used again.
  void clear() noexcept { reply_.clear(); }

 private:
  CURL* curl_;
  curl_slist* headers_ = nullptr;
  std::string body_;
  std::string reply_;
};

/// One multi handle with many easy handles in flight.
class BareMulti {
 public:
  /// At most `connections` carry them.
  BareMulti(
      const std::string& base_url, const BareRequest& request, std::int64_t in_flight, long connections);
  BareMulti(const BareMulti&) = delete;
  BareMulti& operator=(const BareMulti&) = delete;
  ~BareMulti();

  /// Sends so many requests, with always as many in flight as there may be.
  void perform(std::int64_t requests);

 private:
  void start(CURL* handle);

  CURLM* multi_;
  std::vector<std::unique_ptr<BareEasy>> transfers_;
};

}  // namespace upstash::bench
