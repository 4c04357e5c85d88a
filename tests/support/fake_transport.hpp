// FakeTransport: stands in for the network and remembers what the client asked of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <upstash/transport.hpp>

namespace upstash::test {

class FakeTransport : public Transport {
 public:
  struct Sent {
    std::string url;
    std::vector<std::string> headers;
    std::string sync_token;
    std::string body;
    bool may_resend;
    std::chrono::steady_clock::time_point deadline;
  };
  /// What becomes of a request: it returns the response or throws. `number` counts from 1.
  using Behaviour = std::function<HttpResponse(const HttpRequest& request, std::size_t number)>;

  explicit FakeTransport(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}

  HttpResponse send(const HttpRequest& request) override {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      sent_.push_back(
          {.url = request.url,
           .headers = {request.headers.begin(), request.headers.end()},
           .sync_token = std::string(request.sync_token),
           .body = std::string(request.body),
           .may_resend = request.may_resend,
           .deadline = request.deadline});
      number = sent_.size();
    }
    return behaviour_(request, number);
  }

  [[nodiscard]] std::vector<Sent> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  Behaviour behaviour_;
  mutable std::mutex mutex_;
  std::vector<Sent> sent_;
};

}  // namespace upstash::test
