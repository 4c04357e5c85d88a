#include <algorithm>
#include <memory>

#include <upstash/redis.hpp>

#include "client.hpp"
#include "client_settings.hpp"
#include "command_builder.hpp"
#include "environment.hpp"

namespace upstash {

namespace {

/// The variables that hold the address of one database; a token of one must not go to the host of the other.
struct AddressVariables {
  const char* url;
  const char* token;
};
constexpr AddressVariables address_variables[] = {
    {"UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"},
    {"KV_REST_API_URL", "KV_REST_API_TOKEN"},
};

}  // namespace

namespace detail {

ClientOptions completed_from_env(ClientOptions options) {
  std::string missing;
  for (const AddressVariables& variables : address_variables) {
    const auto url = options.url.empty() ? detail::environment(variables.url) : options.url;
    const auto token = options.token.empty() ? detail::environment(variables.token) : options.token;
    if (url && token) {
      options.url = *url;
      options.token = *token;
      return options;
    }
    missing.append(missing.empty() ? "" : ", or ");
    if (!url) missing += variables.url;
    if (!url && !token) missing += " and ";
    if (!token) missing += variables.token;
  }
  throw UsageError("the environment lacks " + missing);
}

/// Settings of `inner`, and those of `outer` where it has none.
CallOptions merged(const CallOptions& inner, const CallOptions& outer) {
  return {
      .timeout = inner.timeout ? inner.timeout : outer.timeout,
      .retries = inner.retries ? inner.retries : outer.retries,
      .retry_policy = inner.retry_policy ? inner.retry_policy : outer.retry_policy,
      .stop_token = inner.stop_token.stop_possible() ? inner.stop_token : outer.stop_token};
}

void check_sync_token(std::string_view token) {
  if (std::ranges::any_of(token, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    throw UsageError(
        "the sync token holds a line break or another control character; hand it over as it was read");
  }
}

void Session::run_into(const AnyCommand& command, void* result) const {
  client_->run(command, options_, result);
}

Command<Reply> custom_command(const ValueList& arguments) {
  Command<Reply> command = build<shape::Any>({.name = {}}, arguments);
  if (arguments.empty() || command.encoded().json.starts_with(R"(["")")) {
    throw UsageError("execute() needs at least the command's name");
  }
  return command;
}

}  // namespace detail

Redis::Redis(ClientOptions options)
    : Redis(detail::Session(std::make_shared<detail::Client>(std::move(options)), {})) {}

Redis::Redis(detail::Session session) : RedisCommands(std::move(session)) {}

Redis Redis::from_env(ClientOptions options) { return Redis(detail::completed_from_env(std::move(options))); }

Redis Redis::with(const CallOptions& options) const {
  return Redis(detail::Session(session_.client(), detail::merged(options, session_.options())));
}

Pipeline Redis::pipeline() const { return {session_, Pipeline::Kind::pipeline}; }

Pipeline Redis::multi() const { return {session_, Pipeline::Kind::transaction}; }

Reply Redis::execute(const ValueList& arguments) const {
  return session_.run(detail::custom_command(arguments));
}

std::string Redis::sync_token() const { return session_.client()->sync_token(); }

void Redis::sync_token(std::string token) {
  detail::check_sync_token(token);
  session_.client()->set_sync_token(std::move(token));
}

}  // namespace upstash
