// EventStream: one subscription's stream: opened, opened again when it breaks, until it ends for good.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "attempts.hpp"
#include "call.hpp"
#include "curl_transfer.hpp"
#include "event_delivery.hpp"
#include "event_parser.hpp"
#include "event_streams.hpp"
#include "protocol.hpp"
#include "reply_document.hpp"
#include "stream_event.hpp"

namespace upstash::detail {

class AsyncLoop;

class EventStream final : public EventDelivery, private StreamSink {
 public:
  /// What to open, for whom.
  struct Request {
    StreamKind kind;
    std::vector<std::string> names;
    StreamHandlers handlers;
    std::shared_ptr<const Executor> executor;
    CallOptions options;
    bool tells_opening_errors;
  };

  /// Throws UsageError for what cannot be subscribed to.
  EventStream(std::shared_ptr<const Protocol> protocol, Request request);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() override = default;

  /// Has the loop open it, once. Throws UsageError when the loop was closed.
  void open(const std::shared_ptr<AsyncLoop>& loop);

  // The rest is for the loop's streams, on its thread.

  void came_due();
  void finished(CURLcode code);
  void dispatch_touched();
  /// The client was closed.
  void close();
  [[nodiscard]] std::shared_ptr<EventStream> shared() {
    return std::static_pointer_cast<EventStream>(shared_from_this());
  }

  Clock::time_point due = Clock::time_point::max();  // where it stands among the others
  bool is_touched = false;

 private:
  void has_room_again() noexcept override;
  void abandoned() noexcept override;
  Taken take(std::string_view bytes) noexcept override;

  /// Runs the task on the loop's thread, unless the stream has left the loop by then.
  void post(std::function<void(EventStream&)> task) noexcept;
  [[nodiscard]] Subject subject() const noexcept { return {.name = name_of(kind_), .idempotent = true}; }

  void start(EventStreams& streams);
  void attempt();
  void take_event(std::string_view data);
  [[nodiscard]] std::exception_ptr malformed(const MalformedReply& error, std::string_view data) const;
  void came_open();
  /// What the attempt ended with. Throws what ends the stream.
  void look_at_end(CURLcode code);
  /// The attempt failed, or the open stream broke. Throws when there is to be no other attempt.
  void failed(const TransportError& error);
  void reopen_later(std::string_view reason);
  [[nodiscard]] std::chrono::milliseconds reconnect_wait();
  void stop();
  void leave();
  template <class Step>
  void end_if_it_throws(const Step& step);

  const std::shared_ptr<const Protocol> protocol_;
  const CurlSettings settings_;
  const StreamKind kind_;
  const std::string url_;
  const CallOptions options_;
  const EventDecoder decoder_;
  std::weak_ptr<AsyncLoop> loop_;

  EventStreams* streams_ =
      nullptr;  // null before it has joined the loop's streams and after it has left them
  std::optional<CurlTransfer> transfer_;
  std::optional<EventParser> parser_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  std::optional<Call> call_;
  Attempts attempts_;  // to open it for the first time, or since it broke
  bool was_open_ = false;
  bool is_open_ = false;
  bool waits_ = false;  // for the next attempt
  Clock::time_point opened_at_;
  int backoff_ = 0;
  std::string gap_reason_;
  bool after_gap_ = false;     // is the next message
  std::exception_ptr broken_;  // by what came
};

}  // namespace upstash::detail
