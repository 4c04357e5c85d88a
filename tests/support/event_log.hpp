// What the handlers of a subscription are told, as lines.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <upstash/subscription.hpp>

namespace upstash::test {

/// It must outlive the subscription.
class EventLog {
 public:
  using Lines = std::vector<std::string>;

  [[nodiscard]] SubscriptionHandlers handlers() {
    return {
        .on_message =
            [this](const Message& message) {
              add("message " + message.channel + " " + message.pattern + " " + message.payload +
                  (message.after_gap ? " (after a gap)" : ""));
            },
        .on_subscribed =
            [this](const Subscribed& subscribed) {
              add("subscribed " + subscribed.name + " " + std::to_string(subscribed.count));
            },
        .on_gap = [this](const Gap& gap) { add("gap " + std::to_string(gap.attempts) + " " + gap.reason); },
        .on_error = [this](const Error& error) { add(std::string("error ") + error.what()); }};
  }

  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }

  /// The next lines, as soon as there are so many. Throws std::runtime_error, with those there are, when they do not come.
  Lines take(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), [&] { return lines_.size() >= count; })) {
      std::string there = "waited for " + std::to_string(count) + " lines, there are:";
      for (const std::string& line : lines_) there += "\n" + line;
      throw std::runtime_error(there);
    }
    const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(count);
    Lines taken(lines_.begin(), end);
    lines_.erase(lines_.begin(), end);
    return taken;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;
};

}  // namespace upstash::test
