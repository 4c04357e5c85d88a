// What was measured: a line of a table each, and all of it as JSON.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "measure.hpp"

namespace upstash::bench {

/// What the library has to keep to.
struct Budget {
  enum class Of { value, ratio };
  enum class Bound { at_most, at_least };
  Of of;
  Bound bound;
  double limit;
};

constexpr Budget ratio_at_most(double limit) { return {Budget::Of::ratio, Budget::Bound::at_most, limit}; }
constexpr Budget value_at_most(double limit) { return {Budget::Of::value, Budget::Bound::at_most, limit}; }
constexpr Budget value_at_least(double limit) { return {Budget::Of::value, Budget::Bound::at_least, limit}; }

/// With a comma between thousands.
std::string grouped(std::int64_t number);

struct Row {
  std::string name;
  std::string unit;
  Pair<double> value;
  double ratio;  ///< Of times or sizes, the library's by the bare one's: less is better.
  std::optional<Budget> budget{};
  std::optional<double> cpu_ratio{};     ///< Of CPU times, which a busy machine distorts less.
  std::optional<double> server_share{};  ///< Of the library's time, in which the server's thread worked.
  std::string note{};

  /// Whether the budget, if there is one, is kept.
  [[nodiscard]] bool is_met() const;
};

/// How much is done in a second, of units of which an operation is so many.
Row rate_row(std::string name, std::string unit, double units_per_operation, const Comparison& comparison);
/// The same for a second of the client's CPU time, of all its threads together.
Row cpu_rate_row(
    std::string name, std::string unit, double units_per_operation, const Comparison& comparison);
/// Something that is the better the less it is, such as milliseconds.
Row row(std::string name, std::string unit, const Summary& summary);

void print_heads(std::ostream& out);
void print(std::ostream& out, const Row& row);

/// What the numbers depend on, by name.
using Facts = std::vector<std::pair<std::string, std::string>>;
Facts machine_facts();

std::string to_json(const Facts& machine, const std::vector<Row>& rows);

}  // namespace upstash::bench
