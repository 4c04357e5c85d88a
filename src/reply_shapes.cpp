#include "reply_shapes.hpp"

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

double Double::parse(const ReplyNode& node) {
  if (node.kind == ReplyNode::Kind::integer) return static_cast<double>(node.number);
  if (node.kind == ReplyNode::Kind::string) {
    if (const auto number = text_to_double(node.view())) return *number;
  }
  throw_shape_error("a number", node);
}

std::string String::parse(const ReplyNode& node) {
  if (node.kind != ReplyNode::Kind::string) throw_shape_error("a string", node);
  return std::string(node.view());
}

Reply Any::parse(const ReplyNode& node) {
  switch (node.kind) {
    case ReplyNode::Kind::nil:
      return nullptr;
    case ReplyNode::Kind::integer:
      return node.number;
    case ReplyNode::Kind::string:
    case ReplyNode::Kind::error:
      return std::string(node.view());
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

std::vector<FieldValue> FieldValues::parse(const ReplyNode& node) {
  const auto elements = array_of(node, 2);
  std::vector<FieldValue> pairs;
  pairs.reserve(elements.size() / 2);
  for (std::size_t i = 0; i < elements.size(); i += 2) {
    pairs.push_back({String::parse(elements[i]), String::parse(elements[i + 1])});
  }
  return pairs;
}

}  // namespace shape

}  // namespace upstash::detail
