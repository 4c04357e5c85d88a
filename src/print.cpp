#include "print.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "utf8.hpp"

namespace upstash::detail {

namespace {

template <class Number>
void print_number(std::ostream& out, Number number) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out << std::string_view(digits.data(), end);
}

void print_escaped_byte(std::ostream& out, unsigned char byte) {
  static constexpr char hex[] = "0123456789abcdef";
  out << "\\x" << hex[byte >> 4U] << hex[byte & 0xfU];
}

}  // namespace

void print(std::ostream& out, std::int64_t number) { print_number(out, number); }

void print(std::ostream& out, double number) { print_number(out, number); }

void print(std::ostream& out, std::string_view text) {
  out << '"';
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      if (byte == '\n') {
        out << "\\n";
      } else {
        print_escaped_byte(out, byte);
      }
      text.remove_prefix(1);
      continue;
    }
    if (byte == '"' || byte == '\\') out << '\\';
    out << text.substr(0, length);
    text.remove_prefix(length);
  }
  out << '"';
}

void print(std::ostream& out, std::chrono::milliseconds duration) {
  print_number(out, duration.count());
  out << "ms";
}

void print(std::ostream& out, std::chrono::sys_time<std::chrono::microseconds> instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 64> text;
  std::snprintf(
      text.data(),
      text.size(),
      "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  out << text.data();
}

}  // namespace upstash::detail
