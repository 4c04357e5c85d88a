// Lists as arguments: braces, containers and ranges, looked at without a copy.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

namespace detail {

template <class Range>
using RangeElement = decltype(*std::begin(std::declval<Range&>()));

template <class Range, class Element>
concept RangeOf = requires(Range& range) {
  std::begin(range);
  std::end(range);
} && std::convertible_to<RangeElement<Range>, Element>;

template <class Range>
concept RangeOfPairs = requires(Range& range) {
  std::end(range);
  std::string_view((*std::begin(range)).first);
  Value((*std::begin(range)).second);
};

}  // namespace detail

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
  template <class Range>
  static void write_range(const void* source, detail::ArgumentWriter& writer) {
    for (auto&& element : *static_cast<Range*>(const_cast<void*>(source))) writer.add(Element(element));
  }
  template <class Single>
  static void write_single(const void* source, detail::ArgumentWriter& writer) {
    writer.add(Element(*static_cast<Single*>(source)));
  }

  const void* source_ = nullptr;
  std::size_t size_ = 0;
  void (*write_)(const void* source, detail::ArgumentWriter& writer) = nullptr;
};

/// Keys, fields or members: `{"a", "b"}`, `"a"`, or any range of string-likes.
using StringList = ArgumentList<std::string_view>;

/// Values of any kind: `{"a", 1, 2.5}`, `"a"`, `1`, or any range of them.
using ValueList = ArgumentList<Value>;

/// Pairs of a name and a value: `{{"a", 1}, {"b", "x"}}`, a map, or any range of pairs.
///
/// It looks at its source and does not own it, like ArgumentList.
class PairList {
 public:
  struct Pair {
    std::string_view first;
    Value second;
  };

  PairList() noexcept = default;
  PairList(const std::initializer_list<Pair>& pairs) noexcept
      : source_(&pairs), size_(pairs.size()), write_(&write_range<const std::initializer_list<Pair>>) {}
  template <class Range>
    requires(!std::derived_from<std::remove_cvref_t<Range>, PairList> &&
             detail::RangeOfPairs<std::remove_reference_t<Range>>)
  PairList(Range&& range)
      : source_(std::addressof(range)),
        size_(static_cast<std::size_t>(std::distance(std::begin(range), std::end(range)))),
        write_(&write_range<std::remove_reference_t<Range>>) {}

  /// The number of pairs.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Writes each pair as two arguments.
  void write(detail::ArgumentWriter& writer) const {
    if (size_ != 0) write_(source_, writer);
  }

 private:
  template <class Range>
  static void write_range(const void* source, detail::ArgumentWriter& writer) {
    for (auto&& pair : *static_cast<Range*>(const_cast<void*>(source))) {
      writer.add(std::string_view(pair.first));
      writer.add(Value(pair.second));
    }
  }

  const void* source_ = nullptr;
  std::size_t size_ = 0;
  void (*write_)(const void* source, detail::ArgumentWriter& writer) = nullptr;
};

}  // namespace upstash
