// How replies become typed values: one small shape per kind of reply, composable.
//
// A shape has `Type`, `static std::string name()` (as the reference writes the type) and
// `static Type parse(const ReplyNode&)`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/geo.hpp>
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

/// An integer, or its text.
struct IntegerText {
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

/// Milliseconds, as an integer or its text.
struct Milliseconds {
  using Type = std::chrono::milliseconds;
  static std::string name() { return "std::chrono::milliseconds"; }
  static Type parse(const ReplyNode& node);
};

/// Unix seconds and the microseconds in that second, as integers or their text.
struct Time {
  using Type = std::chrono::sys_time<std::chrono::microseconds>;
  static std::string name() { return "std::chrono::sys_time<std::chrono::microseconds>"; }
  static Type parse(const ReplyNode& node);
};

/// A list of strings, or one string of words with blanks between them.
struct Words {
  using Type = std::vector<std::string>;
  static std::string name() { return "std::vector<std::string>"; }
  static Type parse(const ReplyNode& node);
};

/// Longitude and latitude.
struct GeoPosition {
  using Type = upstash::GeoPosition;
  static std::string name() { return "upstash::GeoPosition"; }
  static Type parse(const ReplyNode& node);
};

/// A member alone, or an array of it and what was asked for, which is told apart by its kind: the distance is text,
/// the hash an integer, the position an array.
struct GeoResult {
  using Type = upstash::GeoResult;
  static std::string name() { return "upstash::GeoResult"; }
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
  using Element = Shape;
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
  using Element = Shape;
  using Type = std::vector<typename Shape::Type>;
  static std::string name() { return List<Shape>::name(); }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return {};
    return List<Shape>::parse(node);
  }
};

/// A list in which nils stand for elements that are gone: they are left out.
template <class Shape>
struct ListOfPresent {
  using Element = Shape;
  using Type = std::vector<typename Shape::Type>;
  static std::string name() { return List<Shape>::name(); }
  static Type parse(const ReplyNode& node) {
    const auto elements = array_of(node);
    Type list;
    list.reserve(elements.size());
    for (const ReplyNode& element : elements) {
      if (element.kind != ReplyNode::Kind::nil) list.push_back(Shape::parse(element));
    }
    return list;
  }
};

/// A list whose elements are not arrays of their own: their members follow one another. `Shape` is a structure by
/// position, with the `size` of one and `static Type parse_members(std::span<const ReplyNode>)`. nil is empty.
template <class Shape>
struct Flat {
  using Element = Shape;
  using Type = std::vector<typename Shape::Type>;
  static std::string name() { return List<Shape>::name(); }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return {};
    const auto nodes = array_of(node, Shape::size);
    Type list;
    list.reserve(nodes.size() / Shape::size);
    for (std::size_t i = 0; i < nodes.size(); i += Shape::size) {
      list.push_back(Shape::parse_members(nodes.subspan(i, Shape::size)));
    }
    return list;
  }
};

/// The only element of a list; nil and the empty list are empty.
template <class ListShape>
struct First {
  using Type = std::optional<typename ListShape::Type::value_type>;
  static std::string name() { return "std::optional<" + ListShape::Element::name() + ">"; }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return std::nullopt;
    auto list = ListShape::parse(node);
    if (list.empty()) return std::nullopt;
    if (list.size() > 1) throw_shape_error("at most one element", node);
    return std::move(list.front());
  }
};

/// True for an array of nothing but arrays and nils.
[[nodiscard]] bool is_list_of_lists(const ReplyNode& node) noexcept;

/// What a JSON command answers for each value that its path leads to: nil where the value has no answer. A path of
/// the old kind leads to one value, whose answer comes without the array; nil as a whole is an empty list.
template <class Shape>
struct PerPath {
  using Type = std::vector<std::optional<typename Shape::Type>>;
  static std::string name() { return List<Optional<Shape>>::name(); }
  static Type parse(const ReplyNode& node) {
    if (node.kind == ReplyNode::Kind::nil) return {};
    bool many = node.kind == ReplyNode::Kind::array;
    if constexpr (requires { typename Shape::Element; }) many = is_list_of_lists(node);
    if (many) return List<Optional<Shape>>::parse(node);
    Type list;
    list.emplace_back(Shape::parse(node));
    return list;
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

/// Cursor and items; `ListShape` parses the items.
template <class ListShape>
struct Page {
  using Item = typename ListShape::Type::value_type;
  using Type = ScanPage<Item>;
  static std::string name() { return "upstash::ScanPage<" + ListShape::Element::name() + ">"; }
  static Type parse(const ReplyNode& node) {
    const auto elements = array_of(node);
    if (elements.size() != 2) throw_shape_error("a cursor and a list", node);
    return {String::parse(elements[0]), ListShape::parse(elements[1])};
  }
};

/// Throws `error` again with "Structure.member: " before its text.
[[noreturn]] void throw_in_member(
    std::string_view structure, std::string_view member, const ShapeError& error);

/// The members of a structure that comes as a list, by position: the first `required` of them must be there, what
/// is missing or nil behind them is empty. ShapeErrors name the structure and the member.
class ListMembers {
 public:
  ListMembers(std::string_view structure, std::span<const ReplyNode> nodes, std::size_t required);

  template <class Shape>
  [[nodiscard]] typename Shape::Type get(std::size_t index, std::string_view member) const {
    if (index >= required_ && is_absent(index)) return {};
    try {
      return Shape::parse(nodes_[index]);
    } catch (const ShapeError& error) {
      throw_in_member(structure_, member, error);
    }
  }

 private:
  [[nodiscard]] bool is_absent(std::size_t index) const noexcept {
    return index >= nodes_.size() || nodes_[index].kind == ReplyNode::Kind::nil;
  }

  std::string_view structure_;
  std::span<const ReplyNode> nodes_;
  std::size_t required_;
};

/// The members of a structure that comes as alternating names and values, in any order: what is missing or nil is
/// empty, what nobody asks for is ignored. ShapeErrors name the structure and the member.
class MapMembers {
 public:
  MapMembers(std::string_view structure, const ReplyNode& node);

  template <class Shape>
  [[nodiscard]] typename Shape::Type get(std::string_view name) const {
    const ReplyNode* const value = find(name);
    if (value == nullptr || value->kind == ReplyNode::Kind::nil) return {};
    try {
      return Shape::parse(*value);
    } catch (const ShapeError& error) {
      throw_in_member(structure_, name, error);
    }
  }

 private:
  /// Begins behind the member found last: members asked for in the server's order are found at once.
  [[nodiscard]] const ReplyNode* find(std::string_view name) const noexcept;

  std::string_view structure_;
  std::span<const ReplyNode> nodes_;
  mutable std::size_t next_ = 0;
};

}  // namespace upstash::detail::shape
