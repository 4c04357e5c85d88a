// Redis: the client. One header for all that a user of the synchronous API needs.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <upstash/argument_list.hpp>
#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/detail/session.hpp>
#include <upstash/error.hpp>
#include <upstash/info.hpp>
#include <upstash/pipeline.hpp>
#include <upstash/redis_commands.hpp>
#include <upstash/reply.hpp>
#include <upstash/script.hpp>
#include <upstash/subscription.hpp>

namespace upstash {

/// A client for one database. Every Redis command is a method, see RedisCommands.
///
/// A Redis is a light handle: copies share connections, settings and read-your-writes state. It may be used from
/// many threads at once. After fork() the child opens connections of its own.
///
/// Every call throws ServerError when Redis answers with an error, AuthError when the token is refused,
/// TransportError (TimeoutError, CancelledError) when no usable reply came, ProtocolError when what came is not
/// the API's, and UsageError, before anything is sent, when the call cannot be right.
class Redis : public RedisCommands {
 public:
  /// Throws UsageError when the URL or the token cannot be right. Connects only with the first command.
  explicit Redis(ClientOptions options);

  /// A client for UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or KV_REST_API_URL and
  /// KV_REST_API_TOKEN; `options` gives the rest, and a url or token in it wins. Throws UsageError that names the
  /// missing variable.
  [[nodiscard]] static Redis from_env(ClientOptions options = {});

  /// The same client with other settings for the calls made through it: `redis.with({.timeout = 200ms}).get("k")`.
  [[nodiscard]] Redis with(const CallOptions& options) const;

  /// Commands that travel in one request, in order, not atomic.
  [[nodiscard]] Pipeline pipeline() const;
  /// Commands that travel in one request and run as one atomic transaction.
  [[nodiscard]] Pipeline multi() const;

  /// Sends commands made by upstash::cmd in one request and returns their results:
  /// `auto [ok, n] = redis.batch(cmd::set("n", 1), cmd::incr("n"));`. The first error is thrown.
  template <class... T>
  [[nodiscard]] std::tuple<T...> batch(const Command<T>&... commands) const {
    return exec_all<T...>(pipeline(), commands...);
  }
  /// The same as one atomic transaction.
  template <class... T>
  [[nodiscard]] std::tuple<T...> transaction(const Command<T>&... commands) const {
    return exec_all<T...>(multi(), commands...);
  }

  /// A Lua script whose text is sent only when the server does not have it:
  /// `auto script = redis.script("return ARGV[1]"); script.exec({}, {"x"});`.
  [[nodiscard]] Script script(std::string_view source) const;

  /// Subscribes to channels (SUBSCRIBE): `auto sub = redis.subscribe({"chat"}, {.on_message = …})`, or, without an
  /// on_message, `sub.next(1s)`. Returns once the server has taken it up: what is published from then on will come.
  /// Throws as every call does; retries and deadline are for getting it open. The names may hold any bytes. Throws
  /// UsageError for no name, an empty one, or two that could not be told apart (`a` and `a,b`: commas separate).
  [[nodiscard]] Subscription subscribe(const StringList& channels, SubscriptionHandlers handlers = {}) const;
  /// Subscribes to all channels that match patterns (PSUBSCRIBE), as subscribe(). A comma in a channel's name ends it,
  /// unless the pattern has it before its first wildcard.
  [[nodiscard]] Subscription psubscribe(const StringList& patterns, SubscriptionHandlers handlers = {}) const;
  /// Tells all commands that the server is given (MONITOR), as subscribe().
  [[nodiscard]] Monitor monitor(MonitorHandlers handlers = {}) const;

  /// Sends any command, its name first: `redis.execute({"XLEN", "stream"})`. It counts as not idempotent.
  Reply execute(const ValueList& arguments) const;
  /// Sends a command made by upstash::cmd.
  template <class T>
  T execute(const Command<T>& command) const {
    return session_.run(command);
  }

  /// The token that stands for the newest state this client has seen; hand it to another process for it to read
  /// what this one wrote. Empty before the first reply.
  [[nodiscard]] std::string sync_token() const;
  /// Makes the next requests see at least the state that `token` stands for.
  void sync_token(std::string token);

 private:
  explicit Redis(detail::Session session);

  template <class... T>
  static std::tuple<T...> exec_all(Pipeline pipeline, const Command<T>&... commands) {
    (pipeline.add(commands), ...);
    return pipeline.exec().template as<T...>();
  }
};

}  // namespace upstash
