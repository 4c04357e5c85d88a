// AsyncRedis: the client whose calls return at once, with the future of their result.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <upstash/argument_list.hpp>
#include <upstash/async_commands.hpp>
#include <upstash/async_pipeline.hpp>
#include <upstash/async_script.hpp>
#include <upstash/async_subscription.hpp>
#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/detail/async_session.hpp>
#include <upstash/error.hpp>
#include <upstash/future.hpp>
#include <upstash/reply.hpp>

namespace upstash {

/// An asynchronous client for one database. Every Redis command is a method, see AsyncRedisCommands, that returns at once:
/// wait for the Future with get(), go on with then(), or co_await it.
///
/// An AsyncRedis is a light handle: copies share one I/O thread, connections, settings and read-your-writes state. It
/// may be used from many threads at once. When the last handle goes (pipelines are handles, futures are not), calls that
/// are not complete yet end with CancelledError, and once its destructor has returned no callback runs any more on the
/// I/O thread. The last handle may go in a callback, too: then the other calls end, and their callbacks run, right after
/// that callback.
///
/// Commands leave in the order in which they were issued, over one request at a time: what is issued meanwhile gathers
/// and leaves together (see ClientOptions::auto_pipelining). A command whose reply was lost is sent again after its wait,
/// and then comes after those that did not wait.
///
/// Calls throw UsageError when they cannot be right; every other error is the future's. After fork() the child starts
/// afresh, with a thread and connections of its own; results of the parent's calls do not come there: waiting for one is a
/// CancelledError. A callback on the I/O thread may fork, too; the child ends when it returns from the callback.
class AsyncRedis : public AsyncRedisCommands {
 public:
  /// Throws UsageError when the options cannot be right. The thread starts with the first command.
  explicit AsyncRedis(ClientOptions options);

  /// As Redis::from_env().
  [[nodiscard]] static AsyncRedis from_env(ClientOptions options = {});

  /// The same client with other settings for the calls made through it.
  [[nodiscard]] AsyncRedis with(const CallOptions& options) const;

  /// Commands that travel in one request, in order, not atomic.
  [[nodiscard]] AsyncPipeline pipeline() const;
  /// Commands that travel in one request and run as one atomic transaction.
  [[nodiscard]] AsyncPipeline multi() const;

  /// Sends commands made by upstash::cmd in one request, see Redis::batch(). The first command's error is the future's.
  template <class... T>
  [[nodiscard]] Future<std::tuple<T...>> batch(const Command<T>&... commands) const {
    return exec_all<T...>(pipeline(), commands...);
  }
  /// The same as one atomic transaction.
  template <class... T>
  [[nodiscard]] Future<std::tuple<T...>> transaction(const Command<T>&... commands) const {
    return exec_all<T...>(multi(), commands...);
  }

  /// A Lua script whose text is sent only when the server does not have it, see Redis::script().
  [[nodiscard]] AsyncScript script(std::string_view source) const;

  /// Subscribes to channels (SUBSCRIBE) as Redis::subscribe(), but returns at once: the confirmation, or the error that
  /// comes in its place, is for confirmed(), next() and the handlers. Commands are not held up by it.
  [[nodiscard]] AsyncSubscription subscribe(
      const StringList& channels, SubscriptionHandlers handlers = {}) const;
  /// As Redis::psubscribe().
  [[nodiscard]] AsyncSubscription psubscribe(
      const StringList& patterns, SubscriptionHandlers handlers = {}) const;
  /// As Redis::monitor().
  [[nodiscard]] AsyncMonitor monitor(MonitorHandlers handlers = {}) const;

  /// Sends any command, its name first: `redis.execute({"XLEN", "stream"})`. It counts as not idempotent.
  Future<Reply> execute(const ValueList& arguments) const;
  /// Sends a command made by upstash::cmd.
  template <class T>
  Future<detail::FutureValue<T>> execute(const Command<T>& command) const {
    return session_.run(command);
  }

  /// As Redis::sync_token().
  [[nodiscard]] std::string sync_token() const;
  void sync_token(std::string token);

  /// Takes no more commands, from any handle, which throw UsageError from now on. With `drain` waits until those issued
  /// before are complete, otherwise cancels them; then ends the thread. Subscriptions end at once, with CancelledError.
  /// Throws UsageError in a callback on the I/O thread, which would wait for itself.
  void close(bool drain = true);

 private:
  explicit AsyncRedis(detail::AsyncSession session);

  template <class... T>
  static Future<std::tuple<T...>> exec_all(AsyncPipeline pipeline, const Command<T>&... commands) {
    (pipeline.add(commands), ...);
    auto results = pipeline.exec();
    return detail::FutureAccess::then(
        results,
        [](Result<PipelineResults> all) { return std::move(all).value().template as<T...>(); },
        true);
  }
};

}  // namespace upstash
