// EventStreams: the event streams of one loop, on its thread.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace upstash::detail {

class EventStream;

class EventStreams {
 public:
  using Clock = std::chrono::steady_clock;

  EventStreams() = default;
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;
  ~EventStreams();

  /// To be called first. So many connections may be open at once, and as many more as there are streams.
  void use(CURLM* multi, std::size_t connections);

  // For the loop:

  [[nodiscard]] Clock::time_point next_due() const;
  void look_at_due(Clock::time_point now);
  /// False when the transfer is none of a stream.
  [[nodiscard]] bool finished(CURL* easy, CURLcode code);
  /// Hands on what has come.
  void dispatch();
  /// Ends all of them.
  void close();

  // For the streams:

  void add(std::shared_ptr<EventStream> stream);
  void remove(EventStream& stream);
  void start_transfer(EventStream& stream, CURL* easy);
  void stop_transfer(CURL* easy);
  void set_due(EventStream& stream, Clock::time_point due);
  /// There is something for dispatch().
  void touch(EventStream& stream);

 private:
  void limit_connections();

  CURLM* multi_ = nullptr;
  std::size_t connections_ = 0;
  std::unordered_map<EventStream*, std::shared_ptr<EventStream>> streams_;
  std::unordered_map<CURL*, EventStream*> transfers_;
  std::set<std::pair<Clock::time_point, EventStream*>> due_;
  std::vector<std::shared_ptr<EventStream>> touched_;
};

}  // namespace upstash::detail
