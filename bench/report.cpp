#include "report.hpp"

#include <curl/curl.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <string_view>
#include <thread>

namespace upstash::bench {

namespace {

/// With three digits at least.
std::string shown(double number) {
  if (number >= 999.5) return grouped(std::llround(number));
  std::ostringstream out;
  out << std::fixed << std::setprecision(number < 9.995 ? 2 : number < 99.95 ? 1 : 0) << number;
  return out.str();
}

std::string shown(const std::optional<double>& number) { return number ? shown(*number) : ""; }

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + "%"; }

std::string text_of(const Budget& budget) {
  std::string text = budget.bound == Budget::Bound::at_most ? "<= " : ">= ";
  std::string limit = shown(budget.limit);
  return text + limit + (budget.of == Budget::Of::ratio ? " x bare" : "");
}

std::string text_of(const Row& row) {
  if (!row.budget) return row.note;
  std::string text = text_of(*row.budget) + (row.is_met() ? " met" : " MISSED");
  return row.note.empty() ? text : text + ", " + row.note;
}

Row row_of_rates(
    std::string name, std::string unit, double units, const Comparison& comparison, const Summary& time) {
  Row rates = row(std::move(name), std::move(unit), time);
  rates.value = {.library = units / time.value.library, .bare = units / time.value.bare};
  rates.cpu_ratio = comparison.client_cpu.ratio;
  rates.server_share = comparison.server_cpu.value.library / comparison.seconds.value.library;
  return rates;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string load() {
  std::string text;
  std::getline(std::ifstream("/proc/loadavg"), text);
  return text;
}

void print_line(
    std::ostream& out,
    std::string_view name,
    std::string_view unit,
    std::string_view library,
    std::string_view bare,
    std::string_view ratio,
    std::string_view cpu_ratio,
    std::string_view server,
    std::string_view budget) {
  out << std::left << std::setw(52) << name << std::setw(12) << unit << std::right << std::setw(13) << library
      << std::setw(13) << bare << std::setw(8) << ratio << std::setw(8) << cpu_ratio << std::setw(8) << server
      << "  " << budget << '\n'
      << std::flush;
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

bool Row::is_met() const {
  if (!budget) return true;
  const double measured = budget->of == Budget::Of::ratio ? ratio : value.library;
  return budget->bound == Budget::Bound::at_most ? measured <= budget->limit : measured >= budget->limit;
}

Row rate_row(std::string name, std::string unit, double units_per_operation, const Comparison& comparison) {
  return row_of_rates(std::move(name), std::move(unit), units_per_operation, comparison, comparison.seconds);
}

Row cpu_rate_row(
    std::string name, std::string unit, double units_per_operation, const Comparison& comparison) {
  return row_of_rates(
      std::move(name), std::move(unit), units_per_operation, comparison, comparison.client_cpu);
}

Row row(std::string name, std::string unit, const Summary& summary) {
  return {.name = std::move(name), .unit = std::move(unit), .value = summary.value, .ratio = summary.ratio};
}

void print_heads(std::ostream& out) {
  print_line(out, "", "", "library", "bare", "ratio", "of CPU", "server", "budget, notes");
}

void print(std::ostream& out, const Row& row) {
  print_line(
      out,
      row.name,
      row.unit,
      shown(row.value.library),
      shown(row.value.bare),
      shown(row.ratio),
      shown(row.cpu_ratio),
      row.server_share ? percent(*row.server_share) : "",
      text_of(row));
}

Facts machine_facts() {
  return {
      {"cpu", cpu_model()},
      {"cores", std::to_string(std::thread::hardware_concurrency())},
      {"load", load()},
      {"compiler", UPSTASH_BENCH_COMPILER_NAME},
      {"build type", UPSTASH_BENCH_BUILD_TYPE},
      {"curl", curl_version()},
  };
}

std::string to_json(const Facts& machine, const std::vector<Row>& rows) {
  rapidjson::StringBuffer text;
  rapidjson::PrettyWriter json(text);
  json.SetIndent(' ', 2);
  json.StartObject();
  json.Key("machine");
  json.StartObject();
  for (const auto& [name, value] : machine) {
    json.Key(name.c_str());
    json.String(value.c_str());
  }
  json.EndObject();
  json.Key("rows");
  json.StartArray();
  for (const Row& row : rows) {
    json.StartObject();
    json.Key("name");
    json.String(row.name.c_str());
    json.Key("unit");
    json.String(row.unit.c_str());
    json.Key("library");
    json.Double(row.value.library);
    json.Key("bare");
    json.Double(row.value.bare);
    json.Key("ratio");
    json.Double(row.ratio);
    if (row.cpu_ratio) {
      json.Key("cpu_ratio");
      json.Double(*row.cpu_ratio);
    }
    if (row.server_share) {
      json.Key("server_share");
      json.Double(*row.server_share);
    }
    if (row.budget) {
      json.Key("budget");
      json.StartObject();
      json.Key("of");
      json.String(row.budget->of == Budget::Of::ratio ? "ratio" : "library");
      json.Key(row.budget->bound == Budget::Bound::at_most ? "at_most" : "at_least");
      json.Double(row.budget->limit);
      json.Key("met");
      json.Bool(row.is_met());
      json.EndObject();
    }
    if (!row.note.empty()) {
      json.Key("note");
      json.String(row.note.c_str());
    }
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return std::string(text.GetString(), text.GetSize()) + '\n';
}

}  // namespace upstash::bench
