#include "script_commands.hpp"

#include <string>
#include <vector>

namespace upstash::detail {

Command<Reply> script_by_sha1(
    const ScriptCommands& commands,
    std::string_view sha1,
    const StringList& keys,
    const ValueList& arguments) {
  return build<shape::Any>(commands.by_sha1, sha1, counted(keys), arguments);
}

Command<Reply> script_by_text(
    const ScriptCommands& commands, const AnyCommand& by_sha1, std::string_view source) {
  std::vector<std::string> words = by_sha1.arguments();
  words.erase(words.begin(), words.begin() + 2);  // the name and the SHA-1
  return build<shape::Any>(commands.by_text, source, StringList(words));
}

}  // namespace upstash::detail
