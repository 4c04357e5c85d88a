#include "event_stream.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "async_loop.hpp"
#include "reply_document.hpp"

namespace upstash::detail {

namespace {

constexpr std::chrono::milliseconds shortest_reconnect_wait{200};
constexpr std::chrono::milliseconds longest_reconnect_wait{30'000};
/// A stream that lasts so long is no failure of the service's: waits start anew.
constexpr std::chrono::seconds lasting{10};
constexpr std::chrono::milliseconds longest_wait = std::chrono::days(24);

/// Doubles from attempt to attempt; half of it is left to chance, so that not all clients come back at once.
std::chrono::milliseconds usual_wait(int attempt) {
  const int doublings = std::min(attempt - 1, 16);
  const auto most = std::min(longest_reconnect_wait, shortest_reconnect_wait * (1 << doublings));
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(
      std::uniform_int_distribution<std::int64_t>(most.count() / 2, most.count())(random));
}

}  // namespace

EventStream::EventStream(std::shared_ptr<const Protocol> protocol, Request request)
    : EventDelivery(std::move(request.handlers), std::move(request.executor), request.tells_opening_errors),
      protocol_(std::move(protocol)),
      settings_(protocol_->curl_settings()),
      kind_(request.kind),
      url_(protocol_->base_url() + path_of(request.kind, request.names)),
      options_(std::move(request.options)),
      decoder_(request.kind, request.names),
      call_(std::in_place, protocol_->options(), options_) {}

// From whatever thread.

void EventStream::open(const std::shared_ptr<AsyncLoop>& loop) {
  loop_ = loop;
  const auto start_it = [self = shared()](EventStreams& streams) { self->start(streams); };
  if (!loop->post(start_it)) throw UsageError("the client was closed");
}

void EventStream::post(std::function<void(EventStream&)> task) noexcept {
  const std::shared_ptr<AsyncLoop> loop = loop_.lock();
  if (!loop) return;
  loop->post([self = shared(), task = std::move(task)](EventStreams&) {
    if (self->streams_ != nullptr) task(*self);
  });
}

void EventStream::has_room_again() noexcept {
  post([](EventStream& stream) { curl_easy_pause(stream.transfer_->easy(), CURLPAUSE_CONT); });
}

void EventStream::abandoned() noexcept {
  post([](EventStream& stream) { stream.leave(); });
}

// On the loop's thread.

template <class Step>
void EventStream::end_if_it_throws(const Step& step) {
  std::exception_ptr
      error;  // held by nobody else: whoever gets it from end() may be the last to let go of it
  try {
    step();
  } catch (...) {
    error = std::current_exception();
  }
  if (error == nullptr) return;
  end(std::move(error));
  leave();
}

void EventStream::start(EventStreams& streams) {
  streams_ = &streams;
  streams.add(shared());
  if (options_.stop_token.stop_requested()) return stop();
  end_if_it_throws([this] {
    transfer_.emplace(settings_);
    transfer_->stream_to(*this);
    if (settings_.tls) transfer_->allow_http2();
    if (options_.stop_token.stop_possible()) {
      on_stop_.emplace(options_.stop_token, [this] { post([](EventStream& stream) { stream.stop(); }); });
    }
    attempt();
  });
}

void EventStream::attempt() {
  if (was_open_) call_.emplace(protocol_->options(), options_);
  waits_ = false;
  attempts_.begin();
  parser_.emplace(protocol_->options().max_reply_bytes);
  try {
    transfer_->prepare(HttpRequest{
        .url = url_,
        .headers = protocol_->stream_headers(),
        .sync_token = {},
        .body = {},
        .may_resend = true,
        .deadline = call_->deadline(),
        .stop_token = {}});
  } catch (const TransportError& error) {
    return failed(error);
  }
  streams_->start_transfer(*this, transfer_->easy());
  streams_->set_due(*this, call_->deadline());
}

StreamSink::Taken EventStream::take(std::string_view bytes) noexcept {
  try {
    if (!has_room()) return Taken::later;
    streams_->touch(*this);
    parser_->feed(bytes, [this](std::string_view data) { take_event(data); });
    return Taken::all;
  } catch (const MalformedReply& error) {
    broken_ = malformed(error, bytes);
  } catch (...) {
    broken_ = std::current_exception();
  }
  return Taken::failed;
}

std::exception_ptr EventStream::malformed(const MalformedReply& error, std::string_view data) const {
  try {
    protocol_->throw_protocol_error(
        subject(), std::string("is not the API's: ") + error.what(), Protocol::Excerpt(data), 200);
  } catch (const ProtocolError&) {
    return std::current_exception();
  }
}

void EventStream::take_event(std::string_view data) {
  std::optional<StreamEvent> event;
  try {
    event = decoder_.decode(data);
  } catch (const MalformedReply& error) {
    std::rethrow_exception(malformed(error, data));
  }
  if (!is_open_) came_open();
  if (!event) return;
  if (auto* const message = std::get_if<Message>(&*event)) {
    message->after_gap = std::exchange(after_gap_, false);
  } else if (auto* const command = std::get_if<MonitoredCommand>(&*event)) {
    command->after_gap = std::exchange(after_gap_, false);
  }
  add(std::move(*event));
}

void EventStream::came_open() {
  streams_->set_due(*this, Clock::time_point::max());
  is_open_ = true;
  opened_at_ = Clock::now();
  if (std::exchange(was_open_, true)) {
    after_gap_ = true;
    add(Gap{.reason = std::move(gap_reason_), .attempts = attempts_.count()});
  }
  confirm();
}

void EventStream::came_due() {
  end_if_it_throws([this] {
    if (waits_) return attempt();
    const Outcome outcome = transfer_->sent() ? Outcome::unknown : Outcome::not_executed;
    streams_->stop_transfer(transfer_->easy());
    failed(TimeoutError("the deadline passed", outcome));
  });
}

void EventStream::finished(CURLcode code) {
  streams_->set_due(*this, Clock::time_point::max());
  end_if_it_throws([&] { look_at_end(code); });
}

void EventStream::look_at_end(CURLcode code) {
  if (broken_ != nullptr) std::rethrow_exception(std::exchange(broken_, nullptr));
  HttpResponse answer;
  try {
    answer = transfer_->finish(code);
  } catch (const TransportError& error) {
    return failed(error);
  } catch (const ProtocolError& error) {
    throw_protocol_error(*protocol_, subject(), error);
  }
  if (transfer_->is_stream()) return failed(TransportError("the server ended the stream", Outcome::unknown));
  if (was_open_ && is_gateway_failure(answer)) {
    return reopen_later("the server answered with HTTP " + std::to_string(answer.status));
  }
  if (attempts_.lost(answer, *call_, subject().idempotent)) {
    if (const auto retry = call_->retry_time(attempts_.count(), Clock::now())) {
      waits_ = true;
      return streams_->set_due(*this, *retry);
    }
  }
  const ReplyReader reader(*protocol_, std::move(answer));
  if (reader.reply() != nullptr) reader.fail(subject(), "it is no event stream");
  reader.fail(subject());
}

void EventStream::failed(const TransportError& error) {
  if (was_open_) return reopen_later(error.what());
  attempts_.failed(error, *protocol_, subject(), *call_);
  const auto retry = call_->retry_time(attempts_.count(), Clock::now());
  if (!retry) attempts_.throw_no_time(error.what(), *protocol_, subject());
  waits_ = true;
  streams_->set_due(*this, *retry);
}

void EventStream::reopen_later(std::string_view reason) {
  const auto now = Clock::now();
  if (std::exchange(is_open_, false)) {
    gap_reason_ = reason;
    attempts_ = {};
    if (now - opened_at_ >= lasting) backoff_ = 0;
  }
  waits_ = true;
  streams_->set_due(*this, now + reconnect_wait());
}

std::chrono::milliseconds EventStream::reconnect_wait() {
  ++backoff_;
  const auto& chosen = protocol_->options().reconnect_backoff;
  const auto wait = chosen ? chosen(backoff_) : usual_wait(backoff_);
  return std::clamp(wait, std::chrono::milliseconds(0), longest_wait);
}

void EventStream::dispatch_touched() {
  is_touched = false;
  dispatch();
}

void EventStream::stop() {
  end_if_it_throws([this] { attempts_.end<CancelledError>("a stop was requested", *protocol_, subject()); });
}

void EventStream::close() {
  end_if_it_throws([this] { attempts_.end<CancelledError>("the client was closed", *protocol_, subject()); });
}

void EventStream::leave() {
  const auto self = shared();  // the streams may hold the last reference
  on_stop_.reset();
  if (transfer_) streams_->stop_transfer(transfer_->easy());
  transfer_.reset();
  streams_->touch(*this);
  std::exchange(streams_, nullptr)->remove(*this);
}

}  // namespace upstash::detail
