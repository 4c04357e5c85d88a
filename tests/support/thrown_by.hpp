// thrown_by<Error>(call): the error that the call ends with, for tests that look at more than its type.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

namespace upstash::test {

/// Calls `call` and returns what it throws. Throws a std::runtime_error, which fails the test, when that is not an
/// `Expected`, a class derived from it included, or nothing at all.
template <class Expected, class Call>
[[nodiscard]] Expected thrown_by(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Expected& error) {
    if (typeid(error) == typeid(Expected)) return error;
    throw std::runtime_error(
        std::string("expected its base, got a ") + typeid(error).name() + ": " + error.what());
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string("got a ") + typeid(error).name() + ": " + error.what());
  }
  throw std::runtime_error(std::string("nothing was thrown, expected a ") + typeid(Expected).name());
}

/// The message of what the call throws.
template <class Expected, class Call>
[[nodiscard]] std::string message_of(Call&& call) {
  return thrown_by<Expected>(std::forward<Call>(call)).what();
}

[[nodiscard]] inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace upstash::test
