#include <upstash/async_redis.hpp>
#include <upstash/async_script.hpp>

#include "async_engine.hpp"
#include "async_operation.hpp"
#include "script_commands.hpp"
#include "sha1.hpp"

namespace upstash {

AsyncScript::AsyncScript(detail::AsyncSession session, std::string_view source)
    : session_(std::move(session)),
      source_(std::make_shared<const std::string>(source)),
      sha1_(detail::sha1(source)) {}

Future<Reply> AsyncScript::run(
    const detail::ScriptCommands& commands, const StringList& keys, const ValueList& arguments) const {
  using State = detail::FutureState<Reply>;
  detail::AsyncEngine& engine = *session_.engine();
  const detail::Protocol& protocol = engine.protocol();
  detail::StateRef<State> state(new State(engine.executor()));
  engine.submit(std::make_unique<detail::ScriptOperation>(
      protocol,
      commands,
      detail::script_by_sha1(commands, sha1_, keys, arguments),
      source_,
      detail::Call(protocol.options(), session_.options()),
      state));
  return detail::FutureAccess::make(std::move(state));
}

Future<Reply> AsyncScript::exec(const StringList& keys, const ValueList& arguments) const {
  return run(detail::any_script, keys, arguments);
}

Future<Reply> AsyncScript::exec_ro(const StringList& keys, const ValueList& arguments) const {
  return run(detail::reading_script, keys, arguments);
}

AsyncScript AsyncRedis::script(std::string_view source) const { return {session_, source}; }

}  // namespace upstash
