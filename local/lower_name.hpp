#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace upstash::local {

// A command's name, or "name|subcommand", in lower case and without an allocation.
// Empty if it is longer than any command's name.
class LowerName {
 public:
  explicit LowerName(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) {
      const std::size_t separator = size_ == 0 ? 0 : 1;
      if (size_ + separator + part.size() > text_.size()) {
        size_ = 0;
        return;
      }
      if (separator == 1) text_[size_++] = '|';
      for (const char character : part) {
        text_[size_++] =
            character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
      }
    }
  }

  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 64> text_;
  std::size_t size_ = 0;
};

}  // namespace upstash::local
