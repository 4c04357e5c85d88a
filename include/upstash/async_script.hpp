// AsyncScript: a Lua script whose text travels only when the server does not have it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <upstash/argument_list.hpp>
#include <upstash/detail/async_session.hpp>
#include <upstash/future.hpp>
#include <upstash/reply.hpp>

namespace upstash {

namespace detail {

struct ScriptCommands;

}  // namespace detail

/// A Lua script, made by AsyncRedis::script(), which works as Script does. A call is one call also when the text has to
/// be sent: it has one deadline, and ends with its client. The text then comes after what was issued meanwhile.
class AsyncScript {
 public:
  /// As Script::exec().
  Future<Reply> exec(const StringList& keys = {}, const ValueList& arguments = {}) const;
  /// As Script::exec_ro().
  Future<Reply> exec_ro(const StringList& keys = {}, const ValueList& arguments = {}) const;

  /// The SHA-1 of the text, 40 hexadecimal digits in lower case.
  [[nodiscard]] const std::string& sha1() const noexcept { return sha1_; }
  /// The text.
  [[nodiscard]] const std::string& source() const noexcept { return *source_; }

 private:
  friend class AsyncRedis;
  AsyncScript(detail::AsyncSession session, std::string_view source);

  [[nodiscard]] Future<Reply> run(
      const detail::ScriptCommands& commands, const StringList& keys, const ValueList& arguments) const;

  detail::AsyncSession session_;
  std::shared_ptr<const std::string> source_;  // calls on their way share it
  std::string sha1_;
};

}  // namespace upstash
