#include "event_streams.hpp"

#include <new>

#include "event_stream.hpp"

namespace upstash::detail {

EventStreams::~EventStreams() = default;

void EventStreams::use(CURLM* multi, std::size_t connections) {
  multi_ = multi;
  connections_ = connections;
  limit_connections();
}

void EventStreams::limit_connections() {
  const long connections = static_cast<long>(connections_ + streams_.size());
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
}

EventStreams::Clock::time_point EventStreams::next_due() const {
  return due_.empty() ? Clock::time_point::max() : due_.begin()->first;
}

void EventStreams::look_at_due(Clock::time_point now) {
  while (next_due() <= now) {
    EventStream& stream = *due_.begin()->second;
    set_due(stream, Clock::time_point::max());
    stream.came_due();
  }
}

bool EventStreams::finished(CURL* easy, CURLcode code) {
  const auto found = transfers_.find(easy);
  if (found == transfers_.end()) return false;
  EventStream& stream = *found->second;
  transfers_.erase(found);
  stream.finished(code);
  return true;
}

void EventStreams::dispatch() {
  std::vector<std::shared_ptr<EventStream>> touched;
  touched.swap(touched_);
  for (const auto& stream : touched) stream->dispatch_touched();
}

void EventStreams::close() {
  while (!streams_.empty()) streams_.begin()->first->close();
  dispatch();
}

void EventStreams::add(std::shared_ptr<EventStream> stream) {
  EventStream* const key = stream.get();
  streams_.emplace(key, std::move(stream));
  limit_connections();
}

void EventStreams::remove(EventStream& stream) {
  set_due(stream, Clock::time_point::max());
  streams_.erase(&stream);
  limit_connections();
}

void EventStreams::start_transfer(EventStream& stream, CURL* easy) {
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) throw std::bad_alloc();
  transfers_.emplace(easy, &stream);
}

void EventStreams::stop_transfer(CURL* easy) {
  if (transfers_.erase(easy) != 0) curl_multi_remove_handle(multi_, easy);
}

void EventStreams::set_due(EventStream& stream, Clock::time_point due) {
  if (stream.due != Clock::time_point::max()) due_.erase({stream.due, &stream});
  stream.due = due;
  if (due != Clock::time_point::max()) due_.emplace(due, &stream);
}

void EventStreams::touch(EventStream& stream) {
  if (stream.is_touched) return;
  stream.is_touched = true;
  touched_.push_back(stream.shared());
}

}  // namespace upstash::detail
