// How replies become typed values: one small shape per kind of reply, composable.
//
// A shape has `Type`, `static std::string name()` (as the reference writes the type) and
// `static Type parse(const ReplyNode&)`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/reply.hpp>
#include <upstash/reply_types.hpp>

#include "reply_node.hpp"

namespace upstash::detail::shape {

/// `OK`, or nothing of interest.
struct Status {
  using Type = Ok;
  static std::string name() { return "upstash::Ok"; }
  static Type parse(const ReplyNode& node);
};

/// `OK` is true, nil (a condition failed) is false.
struct OkOrNil {
  using Type = bool;
  static std::string name() { return "bool"; }
  static Type parse(const ReplyNode& node);
};

/// 1 is true, 0 is false.
struct Flag {
  using Type = bool;
  static std::string name() { return "bool"; }
  static Type parse(const ReplyNode& node);
};

struct Integer {
  using Type = std::int64_t;
  static std::string name() { return "std::int64_t"; }
  static Type parse(const ReplyNode& node);
};

/// A number as text: "1.5", "inf".
struct Double {
  using Type = double;
  static std::string name() { return "double"; }
  static Type parse(const ReplyNode& node);
};

struct String {
  using Type = std::string;
  static std::string name() { return "std::string"; }
  static Type parse(const ReplyNode& node);
};

/// Any reply.
struct Any {
  using Type = Reply;
  static std::string name() { return "upstash::Reply"; }
  static Type parse(const ReplyNode& node);
};

/// Throws ShapeError unless the node is an array; with `step`, of a multiple of that many elements.
[[nodiscard]] std::span<const ReplyNode> array_of(const ReplyNode& node, std::size_t step = 1);

/// nil is empty.
template <class Shape>
struct Optional {
  using Type = std::optional<typename Shape::Type>;
  static std::string name() { return "std::optional<" + Shape::name() + ">"; }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return std::nullopt;
    return Shape::parse(node);
  }
};

template <class Shape>
struct List {
  using Type = std::vector<typename Shape::Type>;
  static std::string name() { return "std::vector<" + Shape::name() + ">"; }
  static Type parse(const ReplyNode& node) {
    const auto elements = array_of(node);
    Type list;
    list.reserve(elements.size());
    for (const ReplyNode& element : elements) list.push_back(Shape::parse(element));
    return list;
  }
};

/// A list that is nil as a whole when there is nothing to list: nil is empty.
template <class Shape>
struct ListOrNil {
  using Type = std::vector<typename Shape::Type>;
  static std::string name() { return List<Shape>::name(); }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return {};
    return List<Shape>::parse(node);
  }
};

/// Alternating names and values.
template <class Shape>
struct Map {
  using Type = std::unordered_map<std::string, typename Shape::Type>;
  static std::string name() { return "std::unordered_map<std::string, " + Shape::name() + ">"; }
  static Type parse(const ReplyNode& node) {
    const auto elements = array_of(node, 2);
    Type map;
    map.reserve(elements.size() / 2);
    for (std::size_t i = 0; i < elements.size(); i += 2) {
      map.insert_or_assign(String::parse(elements[i]), Shape::parse(elements[i + 1]));
    }
    return map;
  }
};

/// Alternating fields and values, in the server's order.
struct FieldValues {
  using Type = std::vector<FieldValue>;
  static std::string name() { return "std::vector<upstash::FieldValue>"; }
  static Type parse(const ReplyNode& node);
};

/// Cursor and items; `ListShape` parses the items.
template <class ListShape>
struct Page {
  using Item = typename ListShape::Type::value_type;
  using Type = ScanPage<Item>;
  static std::string name() { return "upstash::ScanPage of " + ListShape::name(); }
  static Type parse(const ReplyNode& node) {
    const auto elements = array_of(node);
    if (elements.size() != 2) throw_shape_error("a cursor and a list", node);
    return {String::parse(elements[0]), ListShape::parse(elements[1])};
  }
};

}  // namespace upstash::detail::shape
