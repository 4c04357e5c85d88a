#include "json_commands.hpp"

#include <string>
#include <string_view>

#include "bad_request.hpp"
#include "src/rapidjson.hpp"

namespace upstash::local {
namespace {

namespace rapidjson = upstash_rapidjson;

// RapidJSON calls the handler as it reads; anything nested too deep ends the parse at once, so the depth of its
// recursion is bounded.
class CommandHandler {
 public:
  using Ch = char;

  explicit CommandHandler(JsonShape shape) : command_depth_(shape == JsonShape::one_command ? 1 : 2) {}

  // The names below are RapidJSON's.
  bool Null() { return refuse("null"); }
  bool Bool(bool value) { return argument(value ? "true" : "false", "a boolean"); }
  bool Int(int) { return refuse("a number"); }
  bool Uint(unsigned) { return refuse("a number"); }
  bool Int64(std::int64_t) { return refuse("a number"); }
  bool Uint64(std::uint64_t) { return refuse("a number"); }
  bool Double(double) { return refuse("a number"); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return argument({text, length}, "a number");
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return argument({text, length}, "a string");
  }
  bool StartObject() { return refuse("an object"); }
  bool Key(const char*, rapidjson::SizeType, bool) { return false; }
  bool EndObject(rapidjson::SizeType) { return false; }
  bool StartArray() {
    if (depth_ == command_depth_) return refuse("an array");
    ++depth_;
    arguments_ = 0;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    if (depth_ == command_depth_) {
      if (arguments_ == 0) {
        problem_ = command_depth_ == 1 ? "ERR the command is empty"
                                       : "ERR command " + std::to_string(commands_.size() + 1) + " is empty";
        return false;
      }
      commands_.end_command();
    }
    --depth_;
    return true;
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] CommandList take() { return std::move(commands_); }

 private:
  bool argument(std::string_view bytes, std::string_view what) {
    if (depth_ != command_depth_) return refuse(what);
    commands_.add_argument(bytes);
    ++arguments_;
    return true;
  }

  bool refuse(std::string_view what) {
    const std::string found(what);
    if (depth_ == 0 && command_depth_ == 1) {
      problem_ =
          R"(ERR the body must be one command as a JSON array, such as ["SET","key","value"], not )" + found;
    } else if (depth_ == 0) {
      problem_ =
          R"(ERR the body must be a JSON array of commands, such as [["SET","key","value"]], not )" + found;
    } else if (depth_ < command_depth_) {
      problem_ = "ERR command " + std::to_string(commands_.size() + 1) +
                 R"( must be a JSON array, such as ["SET","key","value"], not )" + found;
    } else {
      problem_ = "ERR ";
      if (command_depth_ == 2) problem_ += "command " + std::to_string(commands_.size() + 1) + ", ";
      problem_ += "element " + std::to_string(arguments_ + 1) + " is " + found +
                  "; a command is made of strings, numbers and booleans";
    }
    return false;
  }

  const int command_depth_;
  int depth_ = 0;
  std::size_t arguments_ = 0;
  CommandList commands_;
  std::string problem_;
};

std::string invalid_json(std::string_view why, std::size_t offset) {
  return "ERR the body is not valid JSON: " + std::string(why) + " (at byte " + std::to_string(offset) + ")";
}

}  // namespace

CommandList parse_json_commands(char* text, std::size_t size, JsonShape shape) {
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag |
                             rapidjson::kParseValidateEncodingFlag;
  CommandHandler handler(shape);
  rapidjson::InsituStringStream stream(text);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, handler);
  if (result.IsError()) {
    if (!handler.problem().empty()) throw BadRequest(handler.problem());
    throw BadRequest(invalid_json(rapidjson::GetParseError_En(result.Code()), result.Offset()));
  }
  // RapidJSON takes a NUL for the end of the text.
  if (stream.Tell() != size) throw BadRequest(invalid_json("There is a NUL byte in it.", stream.Tell()));
  CommandList commands = handler.take();
  if (commands.empty()) throw BadRequest("ERR the list of commands is empty");
  return commands;
}

}  // namespace upstash::local
