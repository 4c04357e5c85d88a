// Prints typed results as a pipeline shows them: `[true, 2, "2", null, {"field": "value"}]`.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <upstash/reply.hpp>
#include <upstash/reply_types.hpp>

namespace upstash::detail {

inline void print(std::ostream& out, Ok) { out << "OK"; }
inline void print(std::ostream& out, std::same_as<bool> auto truth) { out << (truth ? "true" : "false"); }
void print(std::ostream& out, std::int64_t number);
void print(std::ostream& out, double number);
/// Quoted; control characters and bytes that are not UTF-8 as \x escapes.
void print(std::ostream& out, std::string_view text);
inline void print(std::ostream& out, const std::string& text) { print(out, std::string_view(text)); }
inline void print(std::ostream& out, const Reply& reply) { out << reply; }
/// `1500ms`
void print(std::ostream& out, std::chrono::milliseconds duration);
/// `2024-02-29T23:59:59.000001Z`
void print(std::ostream& out, std::chrono::sys_time<std::chrono::microseconds> instant);
template <class T>
void print(std::ostream& out, const std::optional<T>& optional);
template <class T>
void print(std::ostream& out, const std::vector<T>& list);
template <class T>
void print(std::ostream& out, const std::unordered_map<std::string, T>& map);
template <class T>
void print(std::ostream& out, const ScanPage<T>& page);

/// A structure that the generated for_each_member() knows: `{field: "name", value: "Ann"}`.
struct AnyMember {
  template <class T>
  void operator()(std::string_view name, const T& member) const;
};
template <class T>
  requires requires(const T& structure) { for_each_member(structure, AnyMember()); }
void print(std::ostream& out, const T& structure) {
  std::string_view separator = "{";
  for_each_member(structure, [&](std::string_view name, const auto& member) {
    out << separator << name << ": ";
    print(out, member);
    separator = ", ";
  });
  out << '}';
}

template <class T>
void print(std::ostream& out, const std::optional<T>& optional) {
  if (optional) {
    print(out, *optional);
  } else {
    out << "null";
  }
}

template <class T>
void print(std::ostream& out, const std::vector<T>& list) {
  std::string_view separator;
  out << '[';
  for (const auto& element : list) {
    out << separator;
    print(out, element);
    separator = ", ";
  }
  out << ']';
}

template <class T>
void print(std::ostream& out, const std::unordered_map<std::string, T>& map) {
  std::string_view separator;
  out << '{';
  for (const auto& [name, value] : map) {
    out << separator;
    print(out, name);
    out << ": ";
    print(out, value);
    separator = ", ";
  }
  out << '}';
}

template <class T>
void print(std::ostream& out, const ScanPage<T>& page) {
  out << "{cursor: ";
  print(out, page.cursor);
  out << ", items: ";
  print(out, page.items);
  out << '}';
}

}  // namespace upstash::detail
