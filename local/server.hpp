#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backend.hpp"
#include "event_handles.hpp"
#include "event_stream.hpp"
#include "exchange.hpp"
#include "file_descriptor.hpp"
#include "policy.hpp"
#include "sync_clock.hpp"

namespace upstash::local {

struct ServerSettings {
  std::string token;
  std::string read_only_token;  // empty: there is none
  std::size_t max_request_bytes = 0;
  std::chrono::seconds idle_timeout{};
  std::size_t max_unread_bytes = 0;        // of an event stream, by its client
  std::chrono::milliseconds keep_alive{};  // of event streams
};

// The HTTP side: takes requests apart, lets them in or not, and starts their exchanges or streams.
class Server {
 public:
  Server(event_base* base, ServerSettings settings, Backend& backend, const Policy& policy);

  // Takes clients from now on.
  void accept_from(FileDescriptor listener);

 private:
  using Exchanges = std::list<std::unique_ptr<Exchange>>;
  using Streams = std::list<std::unique_ptr<EventStream>>;

  void handle(evhttp_request* http);
  [[nodiscard]] std::optional<Access> access_for(std::string_view token) const;
  void start_exchange(AcceptedRequest accepted);
  void start_stream(const AcceptedRequest& accepted);

  static void on_request(evhttp_request* http, void* server);

  event_base* base_;
  ServerSettings settings_;
  SyncClock clock_;
  ExchangeEnvironment environment_;
  Exchanges exchanges_;
  EventHandle<evhttp> http_;
  Streams streams_;  // below http_: they end the connections that they have taken over
};

}  // namespace upstash::local
