#include <algorithm>
#include <initializer_list>
#include <memory>

#include <upstash/redis.hpp>

#include "client.hpp"
#include "command_builder.hpp"
#include "environment.hpp"

namespace upstash {

namespace {

/// `configured`, or else the first of the variables that is set.
std::string setting(std::string configured, std::initializer_list<const char*> variables) {
  if (!configured.empty()) return configured;
  std::string names;
  for (const char* const variable : variables) {
    if (auto content = detail::environment(variable)) return *content;
    names.append(names.empty() ? "" : " or ").append(variable);
  }
  throw UsageError("the environment variable " + names + " is not set");
}

ClientOptions completed_from_env(ClientOptions options) {
  options.url = setting(std::move(options.url), {"UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"});
  options.token = setting(std::move(options.token), {"UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"});
  return options;
}

/// Settings of `inner`, and those of `outer` where it has none.
CallOptions merged(const CallOptions& inner, const CallOptions& outer) {
  return {
      .timeout = inner.timeout ? inner.timeout : outer.timeout,
      .retries = inner.retries ? inner.retries : outer.retries,
      .retry_policy = inner.retry_policy ? inner.retry_policy : outer.retry_policy,
      .stop_token = inner.stop_token.stop_possible() ? inner.stop_token : outer.stop_token};
}

}  // namespace

namespace detail {

void Session::run_into(const AnyCommand& command, void* result) const {
  client_->run(command, options_, result);
}

Command<Reply> custom_command(const ValueList& arguments) {
  if (arguments.empty()) throw UsageError("execute() needs at least the command's name");
  return build<shape::Any>({.name = {}}, arguments);
}

}  // namespace detail

Redis::Redis(ClientOptions options)
    : Redis(detail::Session(std::make_shared<detail::Client>(std::move(options)), {})) {}

Redis::Redis(detail::Session session) : RedisCommands(std::move(session)) {}

Redis Redis::from_env(ClientOptions options) { return Redis(completed_from_env(std::move(options))); }

Redis Redis::with(const CallOptions& options) const {
  return Redis(detail::Session(session_.client(), merged(options, session_.options())));
}

Pipeline Redis::pipeline() const { return {session_, Pipeline::Kind::pipeline}; }

Pipeline Redis::multi() const { return {session_, Pipeline::Kind::transaction}; }

Reply Redis::execute(const ValueList& arguments) const {
  return session_.run(detail::custom_command(arguments));
}

std::string Redis::sync_token() const { return session_.client()->sync_token(); }

void Redis::sync_token(std::string token) {
  if (std::ranges::any_of(token, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    throw UsageError(
        "the sync token holds a line break or another control character; hand it over as it was read");
  }
  session_.client()->set_sync_token(std::move(token));
}

}  // namespace upstash
