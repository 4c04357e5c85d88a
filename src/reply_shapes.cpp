#include "reply_shapes.hpp"

#include <algorithm>
#include <limits>

#include "text_number.hpp"

namespace upstash::detail {

namespace {

std::string describe(const ReplyNode& node) {
  switch (node.kind) {
    case ReplyNode::Kind::nil:
      return "nil";
    case ReplyNode::Kind::integer:
      return "the integer " + std::to_string(node.number);
    case ReplyNode::Kind::string:
      return "a string of " + std::to_string(node.size) + " bytes";
    case ReplyNode::Kind::array:
      return "an array of " + std::to_string(node.size) + " elements";
    case ReplyNode::Kind::error:
      return "an error";
  }
  return "nothing";
}

std::int64_t integer_or_text(const ReplyNode& node, std::string_view expected) {
  if (node.kind == ReplyNode::Kind::integer) return node.number;
  if (node.kind == ReplyNode::Kind::string) {
    if (const auto number = text_to_integer(node.view())) return *number;
  }
  throw_shape_error(expected, node);
}

}  // namespace

void throw_shape_error(std::string_view expected, const ReplyNode& got) {
  throw ShapeError("expected " + std::string(expected) + ", got " + describe(got));
}

namespace shape {

Ok Status::parse(const ReplyNode& node) {
  if (node.kind != ReplyNode::Kind::string) throw_shape_error("a status", node);
  return {};
}

bool OkOrNil::parse(const ReplyNode& node) {
  if (node.kind == ReplyNode::Kind::nil) return false;
  if (node.kind != ReplyNode::Kind::string || node.view() != "OK") throw_shape_error("OK or nil", node);
  return true;
}

bool Flag::parse(const ReplyNode& node) {
  if (node.kind != ReplyNode::Kind::integer || node.number < 0 || node.number > 1) {
    throw_shape_error("0 or 1", node);
  }
  return node.number == 1;
}

std::int64_t Integer::parse(const ReplyNode& node) {
  if (node.kind != ReplyNode::Kind::integer) throw_shape_error("an integer", node);
  return node.number;
}

std::int64_t IntegerText::parse(const ReplyNode& node) { return integer_or_text(node, "an integer"); }

double Double::parse(const ReplyNode& node) {
  if (node.kind == ReplyNode::Kind::integer) return static_cast<double>(node.number);
  if (node.kind == ReplyNode::Kind::string) {
    if (const auto number = text_to_double(node.view())) return *number;
  }
  throw_shape_error("a number", node);
}

std::string String::parse(const ReplyNode& node) {
  if (node.kind != ReplyNode::Kind::string) throw_shape_error("a string", node);
  return node.take_text();
}

std::chrono::milliseconds Milliseconds::parse(const ReplyNode& node) {
  return std::chrono::milliseconds(integer_or_text(node, "a number of milliseconds"));
}

Time::Type Time::parse(const ReplyNode& node) {
  constexpr std::int64_t second = 1'000'000;  // in microseconds
  constexpr std::int64_t last_second = std::numeric_limits<std::int64_t>::max() / second - 1;
  const auto elements = array_of(node);
  if (elements.size() != 2) throw_shape_error("seconds and microseconds", node);
  const std::int64_t seconds = integer_or_text(elements[0], "a number of seconds");
  const std::int64_t microseconds = integer_or_text(elements[1], "a number of microseconds");
  if (seconds < -last_second || seconds > last_second) throw_shape_error("seconds since 1970", elements[0]);
  if (microseconds < 0 || microseconds >= second) {
    throw_shape_error("microseconds below a million", elements[1]);
  }
  return Type(std::chrono::microseconds(seconds * second + microseconds));
}

std::vector<std::string> Words::parse(const ReplyNode& node) {
  if (node.kind == ReplyNode::Kind::array) return List<String>::parse(node);
  if (node.kind != ReplyNode::Kind::string) throw_shape_error("a list of words", node);
  std::vector<std::string> words;
  const std::string_view text = node.view();
  for (std::size_t start = text.find_first_not_of(' '); start != std::string_view::npos;) {
    const std::size_t end = text.find(' ', start);
    words.emplace_back(text.substr(start, end - start));
    start = text.find_first_not_of(' ', end);
  }
  return words;
}

upstash::GeoPosition GeoPosition::parse(const ReplyNode& node) {
  const auto elements = array_of(node);
  if (elements.size() != 2) throw_shape_error("a longitude and a latitude", node);
  return {.longitude = Double::parse(elements[0]), .latitude = Double::parse(elements[1])};
}

upstash::GeoResult GeoResult::parse(const ReplyNode& node) {
  if (node.kind == ReplyNode::Kind::string) return {.member = std::string(node.view())};
  if (node.kind != ReplyNode::Kind::array || node.size == 0) {
    throw_shape_error("a member with what was asked for", node);
  }
  const auto elements = node.elements();
  upstash::GeoResult result{.member = String::parse(elements[0])};
  for (const ReplyNode& element : elements.subspan(1)) {
    switch (element.kind) {
      case ReplyNode::Kind::string:
        result.distance = Double::parse(element);
        break;
      case ReplyNode::Kind::integer:
        result.hash = element.number;
        break;
      case ReplyNode::Kind::array:
        result.position = GeoPosition::parse(element);
        break;
      case ReplyNode::Kind::nil:
      case ReplyNode::Kind::error:
        throw_shape_error("a distance, a hash or a position", element);
    }
  }
  return result;
}

Reply Any::parse(const ReplyNode& node) {
  switch (node.kind) {
    case ReplyNode::Kind::nil:
      return nullptr;
    case ReplyNode::Kind::integer:
      return node.number;
    case ReplyNode::Kind::string:
    case ReplyNode::Kind::error:
      return node.take_text();
    case ReplyNode::Kind::array:
      break;
  }
  return List<Any>::parse(node);
}

std::span<const ReplyNode> array_of(const ReplyNode& node, std::size_t step) {
  if (node.kind != ReplyNode::Kind::array) throw_shape_error("an array", node);
  if (node.size % step != 0) throw_shape_error("an array of groups of " + std::to_string(step), node);
  return node.elements();
}

bool is_list_of_lists(const ReplyNode& node) noexcept {
  return node.kind == ReplyNode::Kind::array &&
         std::ranges::all_of(node.elements(), [](const ReplyNode& element) {
           return element.kind == ReplyNode::Kind::array || element.kind == ReplyNode::Kind::nil;
         });
}

void throw_in_member(std::string_view structure, std::string_view member, const ShapeError& error) {
  throw ShapeError(std::string(structure) + "." + std::string(member) + ": " + error.what());
}

ListMembers::ListMembers(std::string_view structure, std::span<const ReplyNode> nodes, std::size_t required)
    : structure_(structure), nodes_(nodes), required_(required) {
  if (nodes.size() < required) {
    throw_shape_error(
        std::string(structure) + " with at least " + std::to_string(required) + " members",
        ReplyNode::of_array(nodes.data(), nodes.size()));
  }
}

MapMembers::MapMembers(std::string_view structure, const ReplyNode& node) : structure_(structure) {
  if (node.kind != ReplyNode::Kind::array || node.size % 2 != 0) {
    throw_shape_error(std::string(structure) + " as names and values", node);
  }
  nodes_ = node.elements();
  for (std::size_t i = 0; i < nodes_.size(); i += 2) {
    if (nodes_[i].kind != ReplyNode::Kind::string) {
      throw_shape_error("the name of a member of " + std::string(structure), nodes_[i]);
    }
  }
}

const ReplyNode* MapMembers::find(std::string_view name) const noexcept {
  for (std::size_t tried = 0; tried < nodes_.size(); tried += 2) {
    if (next_ == nodes_.size()) next_ = 0;
    const std::size_t i = next_;
    next_ += 2;
    if (nodes_[i].view() == name) return &nodes_[i + 1];
  }
  return nullptr;
}

}  // namespace shape

}  // namespace upstash::detail
