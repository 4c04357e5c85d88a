#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <upstash/error.hpp>
#include <upstash/redis.hpp>
#include <upstash/script.hpp>

#include "client.hpp"
#include "script_commands.hpp"
#include "sha1.hpp"

namespace upstash {

namespace {

using Clock = std::chrono::steady_clock;

/// The session with the time that is left of a call which began at `start`.
detail::Session rest_of_call(const detail::Session& session, Clock::time_point start) {
  CallOptions options = session.options();
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  const auto timeout = options.timeout.value_or(session.client()->timeout());
  options.timeout = std::max(timeout - used, std::chrono::milliseconds(1));
  return {session.client(), std::move(options)};
}

/// What the script answers; nothing when the server does not have it.
std::optional<Reply> run_if_known(const detail::Session& session, const Command<Reply>& by_sha1) {
  try {
    return session.run(by_sha1);
  } catch (const ServerError& error) {
    if (!detail::is_unknown_script(error)) throw;
  }
  return std::nullopt;
}

Reply run(
    const detail::Session& session,
    const detail::ScriptCommands& commands,
    const Script& script,
    const StringList& keys,
    const ValueList& arguments) {
  const Clock::time_point start = Clock::now();
  const auto by_sha1 = detail::script_by_sha1(commands, script.sha1(), keys, arguments);
  if (auto reply = run_if_known(session, by_sha1)) return *std::move(reply);
  return rest_of_call(session, start).run(detail::script_by_text(commands, by_sha1, script.source()));
}

}  // namespace

Script::Script(detail::Session session, std::string_view source)
    : session_(std::move(session)), source_(source), sha1_(detail::sha1(source)) {}

Reply Script::exec(const StringList& keys, const ValueList& arguments) const {
  return run(session_, detail::any_script, *this, keys, arguments);
}

Reply Script::exec_ro(const StringList& keys, const ValueList& arguments) const {
  return run(session_, detail::reading_script, *this, keys, arguments);
}

Script Redis::script(std::string_view source) const { return {session_, source}; }

}  // namespace upstash
