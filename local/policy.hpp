#pragma once

#include <optional>
#include <string>
#include <utility>

#include "command_list.hpp"
#include "command_table.hpp"

namespace upstash::local {

enum class Access { full, read_only };

// Which commands are let through to the backend.
class Policy {
 public:
  void set_commands(CommandTable commands) { commands_ = std::move(commands); }

  // The error a command is answered with instead of being sent, or nothing.
  [[nodiscard]] std::optional<std::string> refusal(Arguments command, Access access) const;

  // The part of it that is about rights; event streams, which share no connection, may do the rest.
  [[nodiscard]] std::optional<std::string> access_refusal(Arguments command, Access access) const;

  [[nodiscard]] bool may_write(Arguments command) const;

 private:
  [[nodiscard]] bool only_reads(Arguments command) const;

  CommandTable commands_;
};

}  // namespace upstash::local
