// What there is to measure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "measure.hpp"
#include "report.hpp"

namespace upstash::bench {

/// Gives one row or several that are measured together.
struct Case {
  std::string name;
  std::function<std::vector<Row>(const std::string& name, const Effort&)> run;
};

/// One GET after the other.
std::vector<Case> get_cases();
/// Many GETs of an asynchronous client at once.
std::vector<Case> in_flight_cases();
std::vector<Case> pipeline_cases();
/// GETs of large values, and the memory that they take.
std::vector<Case> large_value_cases();
/// From the start of a process to its first reply.
std::vector<Case> start_cases();
/// What the headers take to compile.
std::vector<Case> include_cases();

}  // namespace upstash::bench
