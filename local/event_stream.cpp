#include "event_stream.hpp"

#include <event2/buffer.h>

#include <iostream>
#include <utility>

#include "event_writer.hpp"
#include "http_reply.hpp"
#include "reply_view.hpp"

namespace upstash::local {
namespace {

// A comment, which readers of server-sent events pass over.
constexpr std::string_view keep_alive_text = ":\n\n";

timeval timeval_of(std::chrono::milliseconds duration) {
  return {duration.count() / 1000, duration.count() % 1000 * 1000};
}

}  // namespace

EventStream::EventStream(
    event_base* base,
    const StreamSettings& settings,
    const SyncClock& clock,
    const BackendAddress& address,
    Arguments command,
    evhttp_request* http)
    : settings_(settings),
      clock_(clock),
      http_(http),
      chunk_(own(evbuffer_new())),
      keep_alive_(own(event_new(base, -1, EV_PERSIST, &EventStream::on_keep_alive, this))) {
  subscription_.emplace(base, address, command, *this);
}

EventStream::~EventStream() {
  if (connection_ != nullptr) evhttp_connection_free(connection_);
}

bool EventStream::receive(const redisReply& reply) {
  if (connection_ == nullptr) {
    if (is_error(reply)) {
      send_error(http_, 400, text_of(reply), clock_.token());
      finish();
      return false;
    }
    answer();
  } else if (const std::size_t unread = unread_bytes(); unread > settings_.max_unread_bytes) {
    // Without the event at hand: a single big one is no sign of a slow reader.
    std::cerr << "warning: an event stream was cut off: its client left " << unread << " bytes unread"
              << std::endl;
    finish();
    return false;
  }
  std::string event;
  append_event(event, reply);
  send(event);
  return true;
}

void EventStream::lose(const std::string& problem) {
  if (connection_ == nullptr) {
    send_unavailable(http_, problem);
    finish();
    return;
  }
  subscription_.reset();
  if (unread_bytes() == 0) finish();
}

// The answer waits for the backend's first word, because that may be an error.
void EventStream::answer() {
  start_event_stream(http_, clock_.token());
  connection_ = evhttp_request_get_connection(http_);
  // The client has nothing more to say, so its silence is no reason to end; not taking what is sent is.
  const timeval write_timeout = timeval_of(settings_.write_timeout);
  bufferevent_set_timeouts(client(), nullptr, &write_timeout);
  const timeval interval = timeval_of(settings_.keep_alive);
  event_add(keep_alive_.get(), &interval);
}

void EventStream::send(std::string_view text) {
  evbuffer_add(chunk_.get(), text.data(), text.size());
  evhttp_send_reply_chunk(http_, chunk_.get());
  // Instead of libevent's callbacks, which it has just set again: they keep what the client goes on sending, and hand
  // the request back to us when it leaves.
  bufferevent_setcb(
      client(), &EventStream::on_input, &EventStream::on_written, &EventStream::on_client_event, this);
}

bufferevent* EventStream::client() const { return evhttp_connection_get_bufferevent(connection_); }

std::size_t EventStream::unread_bytes() const {
  return evbuffer_get_length(bufferevent_get_output(client()));
}

void EventStream::on_input(bufferevent* client, void*) {
  evbuffer* input = bufferevent_get_input(client);
  evbuffer_drain(input, evbuffer_get_length(input));
}

void EventStream::on_written(bufferevent*, void* stream) {
  auto& self = *static_cast<EventStream*>(stream);
  if (!self.subscription_) self.finish();
}

void EventStream::on_client_event(bufferevent*, short, void* stream) {
  static_cast<EventStream*>(stream)->finish();
}

void EventStream::on_keep_alive(evutil_socket_t, short, void* stream) {
  auto& self = *static_cast<EventStream*>(stream);
  if (self.unread_bytes() == 0) self.send(keep_alive_text);
}

void EventStream::finish() {
  // Moved out, because the call deletes this object and with it the callback.
  const DoneCallback on_done = std::move(on_done_);
  on_done();
}

}  // namespace upstash::local
