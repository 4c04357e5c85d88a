// Session: the client that calls go through, together with the settings of these calls.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <upstash/client_options.hpp>
#include <upstash/command.hpp>

namespace upstash::detail {

class Client;

/// Room for one result, empty until a parser has put it there.
template <class T>
class ResultSlot {
 public:
  ResultSlot() noexcept {}
  ResultSlot(const ResultSlot&) = delete;
  ResultSlot& operator=(const ResultSlot&) = delete;
  ~ResultSlot() {
    if (filled_) result_.~T();
  }

  [[nodiscard]] void* address() noexcept { return &result_; }
  void set_filled() noexcept { filled_ = true; }
  [[nodiscard]] T take() noexcept { return std::move(result_); }

 private:
  union {
    T result_;
  };
  bool filled_ = false;
};

class Session {
 public:
  Session(std::shared_ptr<Client> client, CallOptions options)
      : client_(std::move(client)), options_(std::move(options)) {}

  /// Sends the command and returns its result; throws what Redis documents.
  template <class T>
  T run(const Command<T>& command) const {
    ResultSlot<T> slot;
    run_into(command, slot.address());
    slot.set_filled();
    return slot.take();
  }

  [[nodiscard]] const std::shared_ptr<Client>& client() const noexcept { return client_; }
  [[nodiscard]] const CallOptions& options() const noexcept { return options_; }

 private:
  void run_into(const AnyCommand& command, void* result) const;

  std::shared_ptr<Client> client_;
  CallOptions options_;
};

}  // namespace upstash::detail
