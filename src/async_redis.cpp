#include <upstash/async_redis.hpp>

#include "async_engine.hpp"
#include "async_operation.hpp"
#include "client_settings.hpp"
#include "command_builder.hpp"

namespace upstash {

namespace detail {

const std::shared_ptr<const Executor>& AsyncSession::executor() const noexcept { return engine_->executor(); }

AsyncSession AsyncSession::without_client() const { return {engine_->shared_from_this(), options_}; }

void AsyncSession::start(const AnyCommand& command, StateRef<FutureStateBase> state, void* result) const {
  const Protocol& protocol = engine_->protocol();
  engine_->submit(std::make_unique<CommandOperation>(
      protocol, command, Call(protocol.options(), options_), std::move(state), result));
}

void throw_scan_in_use() { throw UsageError("a page of this scan is on its way: wait for it"); }

}  // namespace detail

AsyncRedis::AsyncRedis(ClientOptions options)
    : AsyncRedis(detail::AsyncSession(detail::AsyncEngine::open(std::move(options)), {})) {}

AsyncRedis::AsyncRedis(detail::AsyncSession session) : AsyncRedisCommands(std::move(session)) {}

AsyncRedis AsyncRedis::from_env(ClientOptions options) {
  return AsyncRedis(detail::completed_from_env(std::move(options)));
}

AsyncRedis AsyncRedis::with(const CallOptions& options) const {
  return AsyncRedis(detail::AsyncSession(session_.engine(), detail::merged(options, session_.options())));
}

AsyncPipeline AsyncRedis::pipeline() const { return {session_, Pipeline::Kind::pipeline}; }

AsyncPipeline AsyncRedis::multi() const { return {session_, Pipeline::Kind::transaction}; }

Future<Reply> AsyncRedis::execute(const ValueList& arguments) const {
  return session_.run(detail::custom_command(arguments));
}

std::string AsyncRedis::sync_token() const { return session_.engine()->protocol().sync_token(); }

void AsyncRedis::sync_token(std::string token) {
  detail::check_sync_token(token);
  session_.engine()->protocol().set_sync_token(std::move(token));
}

void AsyncRedis::close(bool drain) { session_.engine()->close(drain); }

}  // namespace upstash
