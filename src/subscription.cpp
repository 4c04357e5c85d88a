#include <algorithm>
#include <new>
#include <utility>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "async_engine.hpp"
#include "async_loop.hpp"
#include "client.hpp"
#include "event_stream.hpp"

namespace upstash {

namespace detail {

namespace {

StreamHandlers stream_handlers(SubscriptionHandlers handlers) {
  return {
      .on_message = std::move(handlers.on_message),
      .on_command = {},
      .on_subscribed = std::move(handlers.on_subscribed),
      .on_gap = std::move(handlers.on_gap),
      .on_error = std::move(handlers.on_error)};
}

StreamHandlers stream_handlers(MonitorHandlers handlers) {
  return {
      .on_message = {},
      .on_command = std::move(handlers.on_command),
      .on_subscribed = {},
      .on_gap = std::move(handlers.on_gap),
      .on_error = std::move(handlers.on_error)};
}

/// A stream on a loop of its own, once it is confirmed.
template <class Handle>
Handle opened(
    const Session& session, StreamKind kind, std::vector<std::string> names, StreamHandlers handlers) {
  const std::shared_ptr<Client>& client = session.client();
  const std::shared_ptr<const Protocol> protocol(client, &client->protocol());
  const ClientOptions& options = protocol->options();
  if (options.transport) {
    throw UsageError(
        std::string(name_of(kind)) + ": a ClientOptions::transport cannot carry streams that stay open");
  }
  const auto stream = std::make_shared<EventStream>(
      protocol,
      EventStream::Request{
          .kind = kind,
          .names = std::move(names),
          .handlers = std::move(handlers),
          .executor = options.executor ? std::make_shared<const Executor>(options.executor) : nullptr,
          .options = session.options(),
          .tells_opening_errors = false});
  const auto loop = AsyncLoop::start(protocol);
  Handle handle(stream, loop);
  stream->open(loop);
  stream->wait_confirmed();
  return handle;
}

/// A stream on the client's loop.
template <class Handle>
Handle started(
    const AsyncSession& session, StreamKind kind, std::vector<std::string> names, StreamHandlers handlers) {
  AsyncEngine& engine = *session.engine();
  const auto stream = std::make_shared<EventStream>(
      engine.shared_protocol(),
      EventStream::Request{
          .kind = kind,
          .names = std::move(names),
          .handlers = std::move(handlers),
          .executor = engine.executor(),
          .options = session.options(),
          .tells_opening_errors = true});
  engine.open(stream);
  return Handle(stream, nullptr);
}

template <class Item>
std::optional<Item> item_of(EventDelivery::NextEvent event) {
  if (!event) return std::nullopt;
  return std::get<Item>(std::move(*event));
}

/// The one that comes within this time.
template <class Item>
std::optional<Item> next_item(EventStream& stream, std::chrono::milliseconds longest) {
  constexpr std::chrono::milliseconds no_difference =
      std::chrono::years(1);  // to anybody, and it can be added
  return item_of<Item>(stream.next(std::chrono::steady_clock::now() + std::min(longest, no_difference)));
}

template <class Item>
Future<std::optional<Item>> next_item(EventStream& stream) {
  auto next = stream.next();
  return FutureAccess::then(
      next,
      [](Result<EventDelivery::NextEvent> event) { return item_of<Item>(std::move(event).value()); },
      true);
}

}  // namespace

StreamHandle::StreamHandle(std::shared_ptr<EventStream> stream, std::shared_ptr<AsyncLoop> own_loop) noexcept
    : stream_(std::move(stream)), own_loop_(std::move(own_loop)) {}

StreamHandle::StreamHandle(StreamHandle&& other) noexcept = default;

StreamHandle& StreamHandle::operator=(StreamHandle&& other) noexcept {
  StreamHandle taken(std::move(other));  // ends what was held before
  std::swap(stream_, taken.stream_);
  std::swap(own_loop_, taken.own_loop_);
  return *this;
}

StreamHandle::~StreamHandle() {
  unsubscribe();
  if (stream_ != nullptr && stream_->is_foreign()) {
    // The parent's: to release it would touch what the two processes share.
    static_cast<void>(new (std::nothrow) StreamHandle(std::move(*this)));
  }
}

void StreamHandle::unsubscribe() {
  if (stream_ == nullptr || stream_->is_foreign()) return;
  const std::shared_ptr<EventStream> stream = stream_;  // this may be destroyed in a handler meanwhile
  const std::shared_ptr<AsyncLoop> own_loop = own_loop_;
  const bool waited = stream->unsubscribe();
  if (own_loop == nullptr) return;
  own_loop->close(false);
  if (waited) {
    own_loop->join();
  } else {
    own_loop->let_go();
  }
}

bool StreamHandle::active() const {
  return stream_ != nullptr && !stream_->is_foreign() && stream_->active();
}

EventStream& StreamHandle::stream() const {
  if (stream_ == nullptr) throw UsageError("there is no subscription");
  if (stream_->is_foreign()) {
    throw CancelledError(
        "the subscription was made before fork() and goes on in the parent process only", Outcome::unknown);
  }
  return *stream_;
}

}  // namespace detail

using detail::StreamKind;

Subscription Redis::subscribe(const StringList& channels, SubscriptionHandlers handlers) const {
  return detail::opened<Subscription>(
      session_, StreamKind::channels, channels.copy(), detail::stream_handlers(std::move(handlers)));
}

Subscription Redis::psubscribe(const StringList& patterns, SubscriptionHandlers handlers) const {
  return detail::opened<Subscription>(
      session_, StreamKind::patterns, patterns.copy(), detail::stream_handlers(std::move(handlers)));
}

Monitor Redis::monitor(MonitorHandlers handlers) const {
  return detail::opened<Monitor>(
      session_, StreamKind::commands, {}, detail::stream_handlers(std::move(handlers)));
}

AsyncSubscription AsyncRedis::subscribe(const StringList& channels, SubscriptionHandlers handlers) const {
  return detail::started<AsyncSubscription>(
      session_, StreamKind::channels, channels.copy(), detail::stream_handlers(std::move(handlers)));
}

AsyncSubscription AsyncRedis::psubscribe(const StringList& patterns, SubscriptionHandlers handlers) const {
  return detail::started<AsyncSubscription>(
      session_, StreamKind::patterns, patterns.copy(), detail::stream_handlers(std::move(handlers)));
}

AsyncMonitor AsyncRedis::monitor(MonitorHandlers handlers) const {
  return detail::started<AsyncMonitor>(
      session_, StreamKind::commands, {}, detail::stream_handlers(std::move(handlers)));
}

std::optional<Message> Subscription::next() { return detail::item_of<Message>(stream().next(std::nullopt)); }

std::optional<Message> Subscription::next(std::chrono::milliseconds longest) {
  return detail::next_item<Message>(stream(), longest);
}

std::optional<MonitoredCommand> Monitor::next() {
  return detail::item_of<MonitoredCommand>(stream().next(std::nullopt));
}

std::optional<MonitoredCommand> Monitor::next(std::chrono::milliseconds longest) {
  return detail::next_item<MonitoredCommand>(stream(), longest);
}

Future<void> AsyncSubscription::confirmed() { return stream().confirmed(); }

Future<std::optional<Message>> AsyncSubscription::next() { return detail::next_item<Message>(stream()); }

Future<void> AsyncMonitor::confirmed() { return stream().confirmed(); }

Future<std::optional<MonitoredCommand>> AsyncMonitor::next() {
  return detail::next_item<MonitoredCommand>(stream());
}

}  // namespace upstash
