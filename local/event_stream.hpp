#pragma once

#include <event2/bufferevent.h>
#include <event2/http.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "backend_address.hpp"
#include "command_list.hpp"
#include "event_handles.hpp"
#include "subscription.hpp"
#include "sync_clock.hpp"

namespace upstash::local {

struct StreamSettings {
  std::size_t max_unread_bytes = 0;
  std::chrono::milliseconds keep_alive{};     // how often a comment is sent
  std::chrono::milliseconds write_timeout{};  // how long a client may take nothing of what waits
};

// One client of /subscribe, /psubscribe or /monitor and its subscription: each ends with the other.
class EventStream final : public SubscriptionReceiver {
 public:
  // Called last, to delete the stream.
  using DoneCallback = std::function<void()>;

  EventStream(
      event_base* base,
      const StreamSettings& settings,
      const SyncClock& clock,
      const BackendAddress& address,
      Arguments command,
      evhttp_request* http);
  // Breaks the stream off, so that the client can tell it from one that is complete.
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // To be called before the event loop runs again.
  void when_done(DoneCallback on_done) { on_done_ = std::move(on_done); }

  bool receive(const redisReply& reply) override;
  void lose(const std::string& problem) override;

 private:
  void answer();
  void send(std::string_view text);
  [[nodiscard]] bufferevent* client() const;
  [[nodiscard]] std::size_t unread_bytes() const;
  void finish();

  static void on_input(bufferevent* client, void* stream);
  static void on_written(bufferevent* client, void* stream);
  static void on_client_event(bufferevent* client, short what, void* stream);
  static void on_keep_alive(evutil_socket_t socket, short what, void* stream);

  StreamSettings settings_;
  const SyncClock& clock_;
  evhttp_request* http_;
  // None before the answer; from then on the stream's to end, and the request with it.
  evhttp_connection* connection_ = nullptr;
  EventHandle<evbuffer> chunk_;
  EventHandle<event> keep_alive_;
  DoneCallback on_done_;
  std::optional<Subscription> subscription_;  // once it is lost, the stream ends when the client has the rest
};

}  // namespace upstash::local
