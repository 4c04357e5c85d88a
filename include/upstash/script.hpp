// Script: a Lua script whose text travels only when the server does not have it.
#pragma once

#include <string>
#include <string_view>

#include <upstash/argument_list.hpp>
#include <upstash/detail/session.hpp>
#include <upstash/reply.hpp>

namespace upstash {

/// A Lua script, made by Redis::script(). It is run by the SHA-1 of its text (EVALSHA); a server that does not have
/// it (NOSCRIPT) is sent the whole text (EVAL), once, and keeps it.
///
/// It is a light handle on the client that made it, with the settings that client had there, and may be used from
/// many threads at once. In pipelines and transactions, take eval().
class Script {
 public:
  /// Runs the script with these KEYS and ARGV. Throws what Redis documents; what a script returns, see eval().
  Reply exec(const StringList& keys = {}, const ValueList& arguments = {}) const;
  /// The same for a script that only reads: one that writes is an error. In return it may run on a replica and
  /// with a read-only token, and is sent again when its reply was lost. Needs Redis 7.0.
  Reply exec_ro(const StringList& keys = {}, const ValueList& arguments = {}) const;

  /// The SHA-1 of the text, 40 hexadecimal digits in lower case.
  [[nodiscard]] const std::string& sha1() const noexcept { return sha1_; }
  /// The text.
  [[nodiscard]] const std::string& source() const noexcept { return source_; }

 private:
  friend class Redis;
  Script(detail::Session session, std::string_view source);

  detail::Session session_;
  std::string source_;
  std::string sha1_;
};

}  // namespace upstash
