#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace upstash::local {

// One command: its name and arguments, as raw bytes.
using Arguments = std::span<const std::string_view>;

// Commands kept flat, so that a pipeline of thousands costs two allocations that grow, not one per command.
// The arguments are views: whoever fills the list keeps the bytes alive.
class CommandList {
 public:
  void add_argument(std::string_view argument) { arguments_.push_back(argument); }
  void end_command() { ends_.push_back(arguments_.size()); }

  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] bool empty() const { return ends_.empty(); }

  [[nodiscard]] Arguments operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return Arguments(arguments_).subspan(begin, ends_[index] - begin);
  }

 private:
  std::vector<std::string_view> arguments_;
  std::vector<std::size_t> ends_;
};

}  // namespace upstash::local
