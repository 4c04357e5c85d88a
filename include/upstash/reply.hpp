// Reply: what a command answered, when its type is known only at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/value.hpp>

namespace upstash {

class Reply;

namespace detail {

template <class T>
struct ReplyConversion;  // how Reply::as<T>() reads a T; has `static T from(const Reply&)`

}  // namespace detail

/// A reply of any type: nil, an integer, a string (bytes) or an array of replies.
///
/// What execute(), eval() and the like return. The accessors check: reading a reply as what it is not throws
/// UsageError and names both types.
class Reply {
 public:
  enum class Type : std::uint8_t { nil, integer, string, array };

  Reply() noexcept = default;
  Reply(std::nullptr_t) noexcept {}
  template <detail::Integer T>
  Reply(T integer) noexcept : type_(Type::integer), integer_(static_cast<std::int64_t>(integer)) {}
  template <detail::StringLike T>
  Reply(const T& string) : type_(Type::string), string_(std::string_view(string)) {}
  Reply(std::string&& string) noexcept : type_(Type::string), string_(std::move(string)) {}
  Reply(std::vector<Reply> array) noexcept : type_(Type::array), array_(std::move(array)) {}

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] bool is_nil() const noexcept { return type() == Type::nil; }
  [[nodiscard]] bool is_integer() const noexcept { return type() == Type::integer; }
  [[nodiscard]] bool is_string() const noexcept { return type() == Type::string; }
  [[nodiscard]] bool is_array() const noexcept { return type() == Type::array; }

  /// The content. Throws UsageError when the reply is of another type.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] const std::string& string() const&;
  [[nodiscard]] std::string string() &&;
  [[nodiscard]] const std::vector<Reply>& array() const&;
  [[nodiscard]] std::vector<Reply> array() &&;
  /// The element of an array. Throws UsageError when this is no array or has no such element.
  [[nodiscard]] const Reply& at(std::size_t index) const;
  [[nodiscard]] const Reply& operator[](std::size_t index) const { return at(index); }
  /// The number of elements of an array. Throws UsageError when this is no array.
  [[nodiscard]] std::size_t size() const { return array().size(); }

  /// The reply as a T: an integer type, double, bool, std::string, std::optional<U> (nil is empty),
  /// std::vector<U>, or std::unordered_map<std::string, U> (from alternating names and values). Numbers are also
  /// read from their text; bool from 1, 0, OK and nil. Throws UsageError when the reply does not hold such a T.
  template <class T>
  [[nodiscard]] T as() const {
    return detail::ReplyConversion<T>::from(*this);
  }

  friend bool operator==(const Reply&, const Reply&) = default;
  /// As JSON would have it: `["a", 1, null]`.
  friend std::ostream& operator<<(std::ostream& out, const Reply& reply);

 private:
  // Not a std::variant: that alone would cost every user a tenth of this header's compile time.
  Type type_ = Type::nil;
  std::int64_t integer_ = 0;
  std::string string_;
  std::vector<Reply> array_;
};

namespace detail {

[[nodiscard]] std::int64_t reply_to_integer(const Reply& reply);
[[nodiscard]] double reply_to_double(const Reply& reply);
[[nodiscard]] bool reply_to_bool(const Reply& reply);
[[noreturn]] void throw_out_of_range(std::int64_t number);
[[noreturn]] void throw_odd_map();

template <>
struct ReplyConversion<Reply> {
  static Reply from(const Reply& reply) { return reply; }
};
template <>
struct ReplyConversion<std::string> {
  static std::string from(const Reply& reply) { return reply.string(); }
};
template <>
struct ReplyConversion<double> {
  static double from(const Reply& reply) { return reply_to_double(reply); }
};
template <>
struct ReplyConversion<bool> {
  static bool from(const Reply& reply) { return reply_to_bool(reply); }
};
template <Integer T>
struct ReplyConversion<T> {
  static T from(const Reply& reply) {
    const std::int64_t number = reply_to_integer(reply);
    if (!std::in_range<T>(number)) throw_out_of_range(number);
    return static_cast<T>(number);
  }
};
template <class U>
struct ReplyConversion<std::optional<U>> {
  static std::optional<U> from(const Reply& reply) {
    if (reply.is_nil()) return std::nullopt;
    return ReplyConversion<U>::from(reply);
  }
};
template <class U>
struct ReplyConversion<std::vector<U>> {
  static std::vector<U> from(const Reply& reply) {
    std::vector<U> elements;
    elements.reserve(reply.size());
    for (const Reply& element : reply.array()) elements.push_back(ReplyConversion<U>::from(element));
    return elements;
  }
};
template <class U>
struct ReplyConversion<std::unordered_map<std::string, U>> {
  static std::unordered_map<std::string, U> from(const Reply& reply) {
    if (reply.size() % 2 != 0) throw_odd_map();
    std::unordered_map<std::string, U> map;
    map.reserve(reply.size() / 2);
    for (std::size_t i = 0; i < reply.size(); i += 2) {
      map.emplace(reply[i].string(), ReplyConversion<U>::from(reply[i + 1]));
    }
    return map;
  }
};

}  // namespace detail

}  // namespace upstash
