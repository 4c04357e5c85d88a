#include <ostream>

#include <upstash/error.hpp>
#include <upstash/reply.hpp>

#include "print.hpp"
#include "text_number.hpp"

namespace upstash {

namespace {

constexpr std::string_view name_of(Reply::Type type) {
  switch (type) {
    case Reply::Type::nil:
      return "nil";
    case Reply::Type::integer:
      return "an integer";
    case Reply::Type::string:
      return "a string";
    case Reply::Type::array:
      return "an array";
  }
  return "unknown";
}

[[noreturn]] void throw_wrong_type(const Reply& reply, std::string_view wanted) {
  throw UsageError("the reply is " + std::string(name_of(reply.type())) + ", not " + std::string(wanted));
}

}  // namespace

std::int64_t Reply::integer() const {
  if (is_integer()) return integer_;
  throw_wrong_type(*this, name_of(Type::integer));
}

const std::string& Reply::string() const& {
  if (is_string()) return string_;
  throw_wrong_type(*this, name_of(Type::string));
}

std::string Reply::string() && {
  static_cast<void>(std::as_const(*this).string());
  return std::move(string_);
}

const std::vector<Reply>& Reply::array() const& {
  if (is_array()) return array_;
  throw_wrong_type(*this, name_of(Type::array));
}

std::vector<Reply> Reply::array() && {
  static_cast<void>(std::as_const(*this).array());
  return std::move(array_);
}

const Reply& Reply::at(std::size_t index) const {
  const std::vector<Reply>& elements = array();
  if (index >= elements.size()) {
    throw UsageError(
        "the reply has " + std::to_string(elements.size()) + " elements, there is none at " +
        std::to_string(index));
  }
  return elements[index];
}

std::ostream& operator<<(std::ostream& out, const Reply& reply) {
  switch (reply.type()) {
    case Reply::Type::nil:
      return out << "null";
    case Reply::Type::integer:
      detail::print(out, reply.integer());
      return out;
    case Reply::Type::string:
      detail::print(out, reply.string());
      return out;
    case Reply::Type::array:
      detail::print(out, reply.array());
      return out;
  }
  return out;
}

namespace detail {

std::int64_t reply_to_integer(const Reply& reply) {
  if (reply.is_integer()) return reply.integer();
  if (reply.is_string()) {
    if (const auto number = text_to_integer(reply.string())) return *number;
  }
  throw_wrong_type(reply, "an integer");
}

double reply_to_double(const Reply& reply) {
  if (reply.is_integer()) return static_cast<double>(reply.integer());
  if (reply.is_string()) {
    if (const auto number = text_to_double(reply.string())) return *number;
  }
  throw_wrong_type(reply, "a number");
}

bool reply_to_bool(const Reply& reply) {
  if (reply.is_nil()) return false;
  if (reply.is_integer() && (reply.integer() == 0 || reply.integer() == 1)) return reply.integer() == 1;
  if (reply.is_string() && reply.string() == "OK") return true;
  throw_wrong_type(reply, "a bool");
}

void throw_out_of_range(std::int64_t number) {
  throw UsageError("the reply's integer " + std::to_string(number) + " does not fit the type asked for");
}

void throw_odd_map() { throw UsageError("the reply has a name without a value: it is no map"); }

}  // namespace detail

}  // namespace upstash
