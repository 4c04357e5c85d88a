// Lists as arguments: braces, containers and ranges, looked at without a copy.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

namespace detail {

template <class T>
concept PairOfArguments = requires(const T& pair) {
  std::string_view(pair.first);
  Value(pair.second);
};

template <class Range, class Element>
concept RangeOf = requires(Range& range) {
  std::end(range);
  { *std::begin(range) } -> std::convertible_to<Element>;
};

}  // namespace detail

/// A name with its value: `{"field", 1}`, or a std::pair of such. It looks at text and does not own it.
class NamedValue {
 public:
  NamedValue(std::string_view name, const Value& value) noexcept : name_(name), value_(value) {}
  template <detail::PairOfArguments Pair>
  NamedValue(const Pair& pair) noexcept : name_(pair.first), value_(pair.second) {}

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const Value& value() const noexcept { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

/// Any number of `Element`s: `{"a", "b"}`, a vector, any range whose elements convert, or a single one.
///
/// It looks at its source and does not own it: it is meant for the arguments of a call, not to be kept. The
/// range must allow more than one pass.
template <class Element>
class ArgumentList {
 public:
  ArgumentList() noexcept = default;
  ArgumentList(const std::initializer_list<Element>& elements) noexcept
      : source_(&elements),
        size_(elements.size()),
        write_(&write_range<const std::initializer_list<Element>>) {}
  template <class Range>
    requires(!std::convertible_to<Range, Element> &&
             !std::derived_from<std::remove_cvref_t<Range>, ArgumentList> &&
             detail::RangeOf<std::remove_reference_t<Range>, Element>)
  ArgumentList(Range&& range)
      : source_(std::addressof(range)),
        size_(static_cast<std::size_t>(std::distance(std::begin(range), std::end(range)))),
        write_(&write_range<std::remove_reference_t<Range>>) {}
  template <class Single>
    requires std::convertible_to<const Single&, Element>
  ArgumentList(const Single& single) noexcept
      : source_(std::addressof(single)), size_(1), write_(&write_single<const Single>) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Writes the elements as arguments, one after the other.
  void write(detail::ArgumentWriter& writer) const {
    if (size_ != 0) write_(source_, writer);
  }

 private:
  static void write_element(const Element& element, detail::ArgumentWriter& writer) {
    if constexpr (std::same_as<Element, NamedValue>) {
      writer.add(element.name());
      writer.add(element.value());
    } else {
      writer.add(element);
    }
  }
  template <class Range>
  static void write_range(const void* source, detail::ArgumentWriter& writer) {
    for (auto&& element : *static_cast<Range*>(const_cast<void*>(source))) write_element(element, writer);
  }
  template <class Single>
  static void write_single(const void* source, detail::ArgumentWriter& writer) {
    write_element(*static_cast<Single*>(source), writer);
  }

  const void* source_ = nullptr;
  std::size_t size_ = 0;
  void (*write_)(const void* source, detail::ArgumentWriter& writer) = nullptr;
};

/// Keys, fields or members: `{"a", "b"}`, `"a"`, or any range of string-likes.
using StringList = ArgumentList<std::string_view>;

/// Values of any kind: `{"a", 1, 2.5}`, `"a"`, `1`, or any range of them.
using ValueList = ArgumentList<Value>;

/// Names with values: `{{"a", 1}, {"b", "x"}}`, a map, or any range of pairs.
using PairList = ArgumentList<NamedValue>;

}  // namespace upstash
