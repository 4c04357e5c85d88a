// Data: replies and results of every type as plain values, to write, compare and print them alike.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/reply.hpp>
#include <upstash/reply_types.hpp>

namespace upstash::test {

struct Data {
  enum class Kind : std::uint8_t { nil, ok, truth, integer, number, string, list, record, map, error };

  Data(std::nullptr_t) {}
  Data(Ok) : kind(Kind::ok) {}
  template <std::same_as<bool> T>
  Data(T value) : kind(Kind::truth), integer(value ? 1 : 0) {}
  template <upstash::detail::Integer T>
  Data(T value) : kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
  Data(double value) : kind(Kind::number), number(value) {}
  Data(const char* value) : kind(Kind::string), text(value) {}
  Data(std::string value) : kind(Kind::string), text(std::move(value)) {}
  Data(Kind composite, std::vector<Data> parts) : kind(composite), elements(std::move(parts)) {}

  friend bool operator==(const Data&, const Data&) = default;

  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  double number = 0;
  std::string text{};
  std::vector<Data> elements{};
};

/// Values in an order that counts, but for Match::unordered.
Data list(std::vector<Data> elements);
/// Parts that each have their place: a structure.
Data record(std::vector<Data> parts);
/// Records of a name and a value, in no order.
Data map(std::vector<Data> entries);

/// What a server answers with an error: its text.
Data error(std::string text);

/// As JSON would have it.
std::string to_text(const Data& data);
/// The same with the elements of all lists sorted.
Data sorted(Data data);

inline Data to_data(Ok ok) { return ok; }
template <std::same_as<bool> T>
Data to_data(T value) {
  return value;
}
inline Data to_data(std::int64_t value) { return value; }
inline Data to_data(double value) { return value; }
inline Data to_data(const std::string& value) { return value; }
inline Data to_data(std::chrono::milliseconds value) { return value.count(); }
inline Data to_data(std::chrono::sys_time<std::chrono::microseconds> value) {
  return static_cast<std::int64_t>(value.time_since_epoch().count());
}
Data to_data(const Reply& reply);
template <class T>
Data to_data(const std::optional<T>& value);
template <class T>
Data to_data(const std::vector<T>& values);
template <class T>
Data to_data(const std::unordered_map<std::string, T>& values);
template <class Item>
Data to_data(const ScanPage<Item>& page);

/// A structure of the catalogue: the record of its members.
struct AnyMember {
  template <class T>
  void operator()(std::string_view name, const T& member) const;
};
template <class T>
  requires requires(const T& structure) { for_each_member(structure, AnyMember()); }
Data to_data(const T& structure) {
  std::vector<Data> parts;
  for_each_member(structure, [&](std::string_view, const auto& member) { parts.push_back(to_data(member)); });
  return record(std::move(parts));
}

template <class T>
Data to_data(const std::optional<T>& value) {
  return value ? to_data(*value) : Data(nullptr);
}
template <class T>
Data to_data(const std::vector<T>& values) {
  std::vector<Data> elements;
  elements.reserve(values.size());
  for (const auto& value : values) elements.push_back(to_data(value));
  return list(std::move(elements));
}
template <class T>
Data to_data(const std::unordered_map<std::string, T>& values) {
  std::vector<Data> entries;
  for (const auto& [name, value] : values) entries.push_back(record({name, to_data(value)}));
  return map(std::move(entries));
}
template <class Item>
Data to_data(const ScanPage<Item>& page) {
  return record({page.cursor, to_data(page.items)});
}

}  // namespace upstash::test
