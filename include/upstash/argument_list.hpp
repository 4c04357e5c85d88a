// Lists as arguments: braces, containers and ranges, looked at without a copy.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

namespace detail {

template <class T>
concept PairOfArguments = requires(const T& pair) {
  std::string_view(pair.first);
  Value(pair.second);
};

template <class T>
concept PairOfMemberAndScore = requires(const T& pair) {
  std::string_view(pair.first);
  requires Number<std::remove_cvref_t<decltype(pair.second)>>;
};

/// Such as FieldValue, which the entries of streams and HSCAN consist of.
template <class T>
concept HasFieldAndValue = requires(const T& pair) {
  std::string_view(pair.field);
  Value(pair.value);
};

/// Such as ScoredMember, which ZRANGE WITHSCORES returns.
template <class T>
concept HasMemberAndScore = requires(const T& scored) {
  std::string_view(scored.member);
  requires Number<std::remove_cvref_t<decltype(scored.score)>>;
};

/// An element that is more than one argument.
template <class T>
concept WritesItself = requires(const T& element, ArgumentWriter& writer) { element.write(writer); };

/// A range that allows more than one pass.
template <class Range, class Element>
concept RangeOf = requires(Range& range) {
  { std::begin(range) } -> std::forward_iterator;
  { std::end(range) } -> std::sentinel_for<decltype(std::begin(range))>;
  { *std::begin(range) } -> std::convertible_to<Element>;
};

/// What stands between the braces of a list of texts. It cannot be a std::string_view, which has a constructor for
/// two pointers: `{{"a", "b"}}` would be one text, all that memory holds between the two literals.
class BracedText {
 public:
  template <StringLike T>
  constexpr BracedText(const T& text) noexcept : text_(text) {}
  constexpr operator std::string_view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

template <class Element>
struct Braced {
  using Type = Element;
};
template <>
struct Braced<std::string_view> {
  using Type = BracedText;
};

}  // namespace detail

/// A name with its value: `{"field", 1}`, a std::pair of such, or any struct with a `field` and a `value`. It looks at
/// text and does not own it.
class NamedValue {
 public:
  NamedValue(std::string_view name, const Value& value) noexcept : name_(name), value_(value) {}
  template <detail::PairOfArguments Pair>
  NamedValue(const Pair& pair) noexcept : name_(pair.first), value_(pair.second) {}
  template <detail::HasFieldAndValue Pair>
  NamedValue(const Pair& pair) noexcept : name_(pair.field), value_(pair.value) {}

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const Value& value() const noexcept { return value_; }

  /// Writes `name value`.
  void write(detail::ArgumentWriter& writer) const {
    writer.add(name_);
    writer.add(value_);
  }

 private:
  std::string_view name_;
  Value value_;
};

/// A member with its score: `{"member", 1.5}`, a std::pair of such, or any struct with a `member` and a `score`.
/// The score is an integer or a floating point number and is sent exactly. It looks at text and does not own it.
class MemberScore {
 public:
  template <detail::Number Score>
  MemberScore(std::string_view member, Score score) noexcept : member_(member), score_(score) {}
  template <detail::PairOfMemberAndScore Pair>
  MemberScore(const Pair& pair) noexcept : member_(pair.first), score_(pair.second) {}
  template <detail::HasMemberAndScore Scored>
  MemberScore(const Scored& scored) noexcept : member_(scored.member), score_(scored.score) {}

  /// Writes `score member`.
  void write(detail::ArgumentWriter& writer) const {
    writer.add(score_);
    writer.add(member_);
  }

 private:
  std::string_view member_;
  Value score_;
};

/// What one key is to hold at a path: `{"key", "$.path", "[1]"}`, the last being JSON text. It looks at text and
/// does not own it.
class JsonDocument {
 public:
  JsonDocument(std::string_view key, std::string_view path, std::string_view json) noexcept
      : key_(key), path_(path), json_(json) {}

  /// Writes `key path json`.
  void write(detail::ArgumentWriter& writer) const {
    writer.add(key_);
    writer.add(path_);
    writer.add(json_);
  }

 private:
  std::string_view key_;
  std::string_view path_;
  std::string_view json_;
};

/// Any number of `Element`s: `{"a", "b"}`, a vector, any range whose elements convert, or a single one.
///
/// It looks at its source and does not own it: it is meant for the arguments of a call, not to be kept. The
/// range must allow more than one pass.
template <class Element>
class ArgumentList {
  using Braces = std::initializer_list<typename detail::Braced<Element>::Type>;

 public:
  ArgumentList() noexcept = default;
  ArgumentList(const Braces& elements) noexcept
      : source_(&elements), size_(elements.size()), visit_(&visit_range<const Braces>) {}
  template <class Range>
    requires(!std::convertible_to<Range, Element> &&
             !std::derived_from<std::remove_cvref_t<Range>, ArgumentList> &&
             detail::RangeOf<std::remove_reference_t<Range>, Element>)
  ArgumentList(Range&& range)
      : source_(std::addressof(range)),
        size_(static_cast<std::size_t>(std::ranges::distance(std::begin(range), std::end(range)))),
        visit_(&visit_range<std::remove_reference_t<Range>>) {}
  template <class Single>
    requires std::convertible_to<const Single&, Element>
  ArgumentList(const Single& single) noexcept
      : source_(std::addressof(single)), size_(1), visit_(&visit_single<const Single>) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Writes the elements as arguments, one after the other.
  void write(detail::ArgumentWriter& writer) const { visit(&write_element, &writer); }
  /// Writes only the names, or only the values, for commands that want all of one before all of the other.
  void write_names(detail::ArgumentWriter& writer) const
    requires std::same_as<Element, NamedValue>
  {
    visit([](const Element& element, void* out) { writer_in(out).add(element.name()); }, &writer);
  }
  void write_values(detail::ArgumentWriter& writer) const
    requires std::same_as<Element, NamedValue>
  {
    visit([](const Element& element, void* out) { writer_in(out).add(element.value()); }, &writer);
  }
  /// The elements, to be kept.
  [[nodiscard]] std::vector<std::string> copy() const
    requires std::same_as<Element, std::string_view>
  {
    std::vector<std::string> texts;
    visit(
        [](const Element& element, void* out) {
          static_cast<std::vector<std::string>*>(out)->emplace_back(element);
        },
        &texts);
    return texts;
  }

 private:
  using Visitor = void(const Element& element, void* out);

  static detail::ArgumentWriter& writer_in(void* out) noexcept {
    return *static_cast<detail::ArgumentWriter*>(out);
  }
  void visit(Visitor* visitor, void* out) const {
    if (size_ != 0) visit_(source_, visitor, out);
  }
  static void write_element(const Element& element, void* out) {
    detail::ArgumentWriter& writer = writer_in(out);
    if constexpr (detail::WritesItself<Element>) {
      element.write(writer);
    } else {
      writer.add(element);
    }
  }
  template <class Range>
  static void visit_range(const void* source, Visitor* visitor, void* out) {
    for (auto&& element : *static_cast<Range*>(const_cast<void*>(source))) visitor(element, out);
  }
  template <class Single>
  static void visit_single(const void* source, Visitor* visitor, void* out) {
    visitor(*static_cast<Single*>(source), out);
  }

  const void* source_ = nullptr;
  std::size_t size_ = 0;
  void (*visit_)(const void* source, Visitor* visitor, void* out) = nullptr;
};

/// Keys, fields or members: `{"a", "b"}`, `"a"`, or any range of string-likes.
using StringList = ArgumentList<std::string_view>;

/// Values of any kind: `{"a", 1, 2.5}`, `"a"`, `1`, or any range of them.
using ValueList = ArgumentList<Value>;

/// Names with values: `{{"a", 1}, {"b", "x"}}`, a map, or any range of pairs or of what HSCAN and XRANGE return.
using PairList = ArgumentList<NamedValue>;

/// Members with scores: `{{"a", 1.5}, {"b", 2}}`, a map, or any range of pairs or of what ZRANGE WITHSCORES returns.
using ScoredMemberList = ArgumentList<MemberScore>;

/// JSON documents to set: `{{"key", "$", "{}"}}`.
using JsonDocumentList = ArgumentList<JsonDocument>;

}  // namespace upstash
