#include "data.hpp"

#include <algorithm>
#include <sstream>

namespace upstash::test {

namespace {

void sort(std::vector<Data>& elements) {
  std::sort(elements.begin(), elements.end(), [](const Data& left, const Data& right) {
    return to_text(left) < to_text(right);
  });
}

void print_string(std::ostream& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out << '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out << '\\' << c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out << "\\u00" << hex[byte >> 4U] << hex[byte & 0xfU];
    } else {
      out << c;
    }
  }
  out << '"';
}

void print_elements(std::ostream& out, char open, const std::vector<Data>& elements, char close) {
  out << open;
  for (std::size_t i = 0; i < elements.size(); ++i) out << (i == 0 ? "" : ", ") << to_text(elements[i]);
  out << close;
}

}  // namespace

Data list(std::vector<Data> elements) { return {Data::Kind::list, std::move(elements)}; }

Data record(std::vector<Data> parts) { return {Data::Kind::record, std::move(parts)}; }

Data map(std::vector<Data> entries) {
  sort(entries);
  return {Data::Kind::map, std::move(entries)};
}

Data error(std::string text) {
  Data data(std::move(text));
  data.kind = Data::Kind::error;
  return data;
}

std::string to_text(const Data& data) {
  std::ostringstream out;
  out.precision(17);
  switch (data.kind) {
    case Data::Kind::nil:
      return "null";
    case Data::Kind::ok:
      return "(done)";
    case Data::Kind::truth:
      return data.integer != 0 ? "true" : "false";
    case Data::Kind::integer:
      return std::to_string(data.integer);
    case Data::Kind::number:
      out << data.number << " (floating point)";
      break;
    case Data::Kind::string:
      print_string(out, data.text);
      break;
    case Data::Kind::list:
      print_elements(out, '[', data.elements, ']');
      break;
    case Data::Kind::record:
      print_elements(out, '(', data.elements, ')');
      break;
    case Data::Kind::error:
      out << "the error " << data.text;
      break;
    case Data::Kind::map:
      print_elements(out, '{', data.elements, '}');
      break;
  }
  return out.str();
}

Data sorted(Data data) {
  for (Data& element : data.elements) element = sorted(std::move(element));
  if (data.kind == Data::Kind::list) sort(data.elements);
  return data;
}

Data to_data(const Reply& reply) {
  switch (reply.type()) {
    case Reply::Type::nil:
      return nullptr;
    case Reply::Type::integer:
      return reply.integer();
    case Reply::Type::string:
      return reply.string();
    case Reply::Type::array:
      break;
  }
  return to_data(reply.array());
}

}  // namespace upstash::test
