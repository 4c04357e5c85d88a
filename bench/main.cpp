// bench [--quick] [--only NAME] [--json FILE]: measures the library against a bare use of libcurl.
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cases.hpp"
#include "report.hpp"

namespace {

using namespace upstash::bench;

struct Options {
  Effort effort{.rounds = 21, .seconds_per_round = 0.06, .processes = 31, .compilations = 5};
  std::string only;
  std::string json;
};

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (auto at = arguments.begin(); at != arguments.end(); ++at) {
    const auto value = [&] {
      if (at + 1 == arguments.end()) throw std::invalid_argument(*at + " needs a value");
      return *++at;
    };
    if (*at == "--quick") {
      options.effort = {.rounds = 1, .seconds_per_round = 0, .processes = 1, .compilations = 1};
    } else if (*at == "--only") {
      options.only = value();
    } else if (*at == "--json") {
      options.json = value();
    } else {
      throw std::invalid_argument("unknown option '" + *at + "'");
    }
  }
  return options;
}

/// The case of that name, or else those with that in their names.
std::vector<Case> chosen_cases(const std::string& only) {
  std::vector<Case> chosen;
  std::string names;
  for (const auto& group :
       {get_cases(),
        in_flight_cases(),
        pipeline_cases(),
        large_value_cases(),
        start_cases(),
        include_cases()}) {
    for (const Case& one : group) {
      if (one.name == only) return {one};
      names += "\n  " + one.name;
      if (one.name.find(only) != std::string::npos) chosen.push_back(one);
    }
  }
  if (chosen.empty()) throw std::invalid_argument("--only '" + only + "' chooses none of" + names);
  return chosen;
}

}  // namespace

int main(int count, char** arguments) try {
  const Options options = parse_options({arguments + 1, arguments + count});
  const std::vector<Case> cases = chosen_cases(options.only);
  std::ofstream json;
  if (!options.json.empty()) {
    json.open(options.json);
    if (!json) throw std::invalid_argument("cannot write " + options.json);
  }

  const Facts machine = machine_facts();
  for (const auto& [name, value] : machine) std::cout << name << ": " << value << '\n';
  print_heads(std::cout);
  std::vector<Row> rows;
  for (const Case& one : cases) {
    for (const Row& row : one.run(one.name, options.effort)) {
      print(std::cout, row);
      rows.push_back(row);
    }
  }
  if (json.is_open() && !(json << to_json(machine, rows) << std::flush)) {
    throw std::runtime_error("cannot write " + options.json);
  }
} catch (const std::invalid_argument& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 2;
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 1;
}
