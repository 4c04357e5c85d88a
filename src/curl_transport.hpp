// CurlTransport: requests over libcurl, on a pool of kept-alive connections.
#pragma once

#include <memory>
#include <vector>

#include <upstash/transport.hpp>

#include "curl_transfer.hpp"
#include "per_process.hpp"

namespace upstash::detail {

class CurlConnection;

class CurlTransport : public Transport {
 public:
  explicit CurlTransport(CurlSettings settings);
  ~CurlTransport() override;
  HttpResponse send(const HttpRequest& request) override;

 private:
  /// The connections that no request uses.
  struct Pool {
    std::vector<std::unique_ptr<CurlConnection>> idle;
    static Pool in_child(Pool* parent);
  };

  std::unique_ptr<CurlConnection> acquire();
  void release(std::unique_ptr<CurlConnection> connection);

  CurlSettings settings_;
  PerProcess<Pool> pool_;
};

}  // namespace upstash::detail
