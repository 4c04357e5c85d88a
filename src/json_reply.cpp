#include "json_reply.hpp"

#include <cstdint>
#include <limits>
#include <string_view>

#include "base64.hpp"
#include "node_array.hpp"
#include "rapidjson.hpp"

namespace upstash::detail {

namespace {

namespace json = upstash_rapidjson;

/// Builds nodes from RapidJSON's events. The only objects of the API are envelopes, `{"result": …}` or
/// `{"error": …}`: the reply itself, or each element of a pipeline's list.
class ReplyBuilder {
 public:
  ReplyBuilder(char* body, StringEncoding strings, std::pmr::memory_resource& nodes, std::size_t max_depth)
      : body_(body), strings_(strings), nodes_(nodes), max_depth_(max_depth), stack_(&nodes) {}

  [[nodiscard]] ReplyNode result() const { return stack_.front(); }
  /// Why the last event was refused.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

  bool Null() { return add(ReplyNode::nil()); }
  bool Bool(bool) { return is_ignored() || refuse("true or false where the API has none"); }
  bool Int(int number) { return add(ReplyNode::of_integer(number)); }
  bool Uint(unsigned number) { return add(ReplyNode::of_integer(number)); }
  bool Int64(std::int64_t number) { return add(ReplyNode::of_integer(number)); }
  bool Uint64(std::uint64_t number) {
    if (is_ignored()) return true;
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse("an integer of more than 64 bits");
    }
    return add(ReplyNode::of_integer(static_cast<std::int64_t>(number)));
  }
  bool Double(double) { return is_ignored() || refuse("a number that is no 64-bit integer"); }
  bool RawNumber(const char*, json::SizeType, bool) { return refuse("a raw number"); }
  bool String(const char* text, json::SizeType size, bool) {
    if (is_ignored()) return true;
    if (in_envelope_ && arrays_ == 0 && member_ == Member::error)
      return add(ReplyNode::of_error({text, size}));
    if (strings_ == StringEncoding::plain || std::string_view(text, size) == "OK") {
      return add(ReplyNode::of_string({text, size}));
    }
    // The parser works in place and lends us its own buffer, which nothing reads again. A string that is the whole
    // reply goes to the body's front, whence it need not move to be what is left of the body.
    char* const bytes = is_alone() ? body_ : const_cast<char*>(text);
    const auto decoded = base64_decode({text, size}, bytes);
    if (!decoded) return refuse("a string that is not valid base64");
    return add(ReplyNode::of_string({bytes, *decoded}));
  }

  bool StartObject() {
    if (is_ignored()) return enter_ignored();
    if (in_envelope_ || list_ended_ || (!in_list_ && !stack_.empty()))
      return refuse("an object inside a reply");
    in_envelope_ = true;
    filled_ = false;
    return true;
  }
  bool Key(const char* text, json::SizeType size, bool) {
    if (ignored_depth_ > 0) return true;
    const std::string_view key(text, size);
    member_ = key == "result" ? Member::result : key == "error" ? Member::error : Member::other;
    return true;
  }
  bool EndObject(json::SizeType) {
    if (ignored_depth_ > 0) return leave_ignored();
    in_envelope_ = false;
    return filled_ || refuse("an object with neither result nor error");
  }

  bool StartArray() {
    if (is_ignored()) return enter_ignored();
    if (!in_envelope_) {
      if (in_list_) return refuse("a list inside a pipeline's list");
      in_list_ = true;
      return true;
    }
    if (member_ != Member::result) return refuse("a list that is not a result");
    return ++arrays_ <= max_depth_ || refuse_depth();
  }
  bool EndArray(json::SizeType count) {
    if (ignored_depth_ > 0) return leave_ignored();
    const ReplyNode array = copy_to_array(std::span(stack_).last(count), nodes_);
    stack_.resize(stack_.size() - count, array);
    if (!in_envelope_) {
      list_ended_ = true;
      stack_.push_back(array);
      return true;
    }
    --arrays_;
    return add(array);
  }

 private:
  enum class Member { result, error, other };

  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  bool refuse_depth() { return refuse("a reply nested deeper than " + std::to_string(max_depth_)); }

  /// Is this an envelope's value, and there is but one envelope?
  [[nodiscard]] bool is_alone() const noexcept { return !in_list_ && arrays_ == 0; }

  /// Is this the value of an unknown key, or inside of it? That is room for the API to grow.
  [[nodiscard]] bool is_ignored() const noexcept {
    return in_envelope_ && arrays_ == 0 && member_ == Member::other;
  }
  bool enter_ignored() { return ++ignored_depth_ <= max_depth_ || refuse_depth(); }
  bool leave_ignored() {
    --ignored_depth_;
    return true;
  }

  bool add(const ReplyNode& node) {
    if (is_ignored()) return true;
    if (!in_envelope_) return refuse("a value that is neither result nor error");
    if (arrays_ == 0) {
      if (filled_) return refuse("an object with more than one result or error");
      if (member_ == Member::error && node.kind != ReplyNode::Kind::error)
        return refuse("an error that is no string");
      filled_ = true;
    }
    stack_.push_back(node);
    return true;
  }

  char* body_;
  StringEncoding strings_;
  std::pmr::memory_resource& nodes_;
  std::size_t max_depth_;
  std::pmr::vector<ReplyNode> stack_;
  std::string refusal_;
  std::size_t arrays_ = 0;         // open ones inside the envelope
  std::size_t ignored_depth_ = 0;  // open arrays and objects that belong to an unknown key
  Member member_ = Member::other;
  bool in_list_ = false;
  bool list_ended_ = false;
  bool in_envelope_ = false;
  bool filled_ = false;
};

}  // namespace

ReplyNode parse_json_reply(
    std::string& body, StringEncoding strings, std::pmr::memory_resource& nodes, std::size_t max_depth) {
  ReplyBuilder builder(body.data(), strings, nodes, max_depth);
  json::Reader reader;
  json::InsituStringStream stream(body.data());
  const json::ParseResult result = reader.Parse<json::kParseInsituFlag>(stream, builder);
  if (result.Code() == json::kParseErrorTermination) throw MalformedReply("it has " + builder.refusal());
  if (result.IsError()) {
    throw MalformedReply(
        "it is not JSON (at byte " + std::to_string(result.Offset()) + ": " +
        json::GetParseError_En(result.Code()) + ")");
  }
  if (stream.Tell() != body.size()) throw MalformedReply("it has a NUL byte");  // where RapidJSON stops
  return builder.result();
}

}  // namespace upstash::detail
