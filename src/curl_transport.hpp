// CurlTransport: requests over libcurl, on a pool of kept-alive connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <upstash/transport.hpp>

#include "per_process.hpp"

namespace upstash::detail {

struct CurlSettings {
  bool tls;
  std::chrono::milliseconds connect_timeout;
  std::string ca_file;
  std::string proxy;
  std::size_t max_reply_bytes;
  std::size_t max_idle_connections;
};

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
