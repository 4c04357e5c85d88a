#include "request.hpp"

#include <algorithm>

#include "bad_request.hpp"
#include "json_commands.hpp"

namespace upstash::local {
namespace {

constexpr std::string_view token_parameter = "_token";

enum class Plus { literal, space };

int hex_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

// Decoded text is never longer than its source, so `out` needs room for `text.size()` bytes.
std::string_view percent_decode(std::string_view text, Plus plus, char* out) {
  char* end = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        throw BadRequest(
            "ERR the URL holds a '%' that is not followed by two hexadecimal digits; "
            "a percent sign is written as %25");
      }
      *end++ = static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      *end++ = plus == Plus::space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return {out, static_cast<std::size_t>(end - out)};
}

// Calls `use(piece)` for each piece between separators.
template <typename Use>
void split(std::string_view text, char separator, Use use) {
  while (true) {
    const std::size_t end = text.find(separator);
    use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string_view parameter_name(std::string_view parameter) {
  return parameter.substr(0, parameter.find('='));
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

Endpoint endpoint_of(std::string_view first_segment) {
  if (equals_ignoring_case(first_segment, "pipeline")) return Endpoint::pipeline;
  if (equals_ignoring_case(first_segment, "multi-exec")) return Endpoint::transaction;
  for (const std::string_view stream : {"subscribe", "psubscribe", "monitor"}) {
    if (equals_ignoring_case(first_segment, stream)) return Endpoint::event_stream;
  }
  return Endpoint::command;
}

void add_path(Request& request, std::string_view segments, char*& free_space) {
  split(segments, '/', [&](std::string_view segment) {
    const std::string_view argument = percent_decode(segment, Plus::literal, free_space);
    free_space += argument.size();
    request.commands.add_argument(argument);
  });
}

void add_query(Request& request, std::string_view query, char*& free_space) {
  split(query, '&', [&](std::string_view parameter) {
    const std::string_view name = parameter_name(parameter);
    if (parameter.empty() || name == token_parameter) return;
    const std::string_view decoded_name = percent_decode(name, Plus::space, free_space);
    free_space += decoded_name.size();
    request.commands.add_argument(decoded_name);
    if (name.size() == parameter.size()) return;
    const std::string_view value = percent_decode(parameter.substr(name.size() + 1), Plus::space, free_space);
    free_space += value.size();
    request.commands.add_argument(value);
  });
}

void refuse_stream_query(std::string_view endpoint, std::string_view query) {
  split(query, '&', [&](std::string_view parameter) {
    if (parameter.empty() || parameter_name(parameter) == token_parameter) return;
    throw BadRequest("ERR /" + std::string(endpoint) + " takes no query");
  });
}

void check_stream_command(Arguments command) {
  const std::string endpoint(command[0]);
  if (equals_ignoring_case(endpoint, "monitor")) {
    if (command.size() > 1) throw BadRequest("ERR /" + endpoint + " takes nothing after it and no body");
    return;
  }
  const std::string what = equals_ignoring_case(endpoint, "psubscribe") ? "pattern" : "channel";
  const std::string advice = "; POST to /" + endpoint + "/" + what + ", or to /" + endpoint + "/" + what +
                             "1/" + what + "2 for more of them";
  if (command.size() == 1) throw BadRequest("ERR there is no " + what + advice);
  for (std::size_t i = 1; i < command.size(); ++i) {
    if (!command[i].empty()) continue;
    std::string problem = "ERR " + what + " ";
    problem.append(std::to_string(i)).append(" is empty").append(advice);
    throw BadRequest(problem);
  }
}

}  // namespace

Target split_target(std::string_view uri) {
  // A proxy's client sends the absolute form.
  if (!uri.starts_with('/')) {
    const std::size_t scheme_end = uri.find("://");
    if (scheme_end != std::string_view::npos) {
      const std::size_t authority_end = uri.find_first_of("/?", scheme_end + 3);
      uri = authority_end == std::string_view::npos ? std::string_view("/") : uri.substr(authority_end);
    }
  }
  const std::size_t path_end = uri.find('?');
  if (path_end == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, path_end), uri.substr(path_end + 1)};
}

std::optional<std::string> query_token(std::string_view query) {
  std::optional<std::string> token;
  split(query, '&', [&](std::string_view parameter) {
    const std::string_view name = parameter_name(parameter);
    if (token || name != token_parameter) return;
    const std::string_view value = parameter.substr(std::min(name.size() + 1, parameter.size()));
    std::string decoded(value.size(), '\0');
    decoded.resize(percent_decode(value, Plus::literal, decoded.data()).size());
    token = std::move(decoded);
  });
  return token;
}

Request decode_request(const Target& target, bool may_have_body, Body body) {
  std::string_view segments = target.path;
  if (segments.starts_with('/')) segments.remove_prefix(1);

  Request request;
  if (segments.empty()) {
    if (!may_have_body || body.size == 0) {
      throw BadRequest(R"(ERR there is no command: it goes into the path, such as /get/key, )"
                       R"(or into the body of a POST as a JSON array, such as ["GET","key"])");
    }
    request.commands = parse_json_commands(body.text, body.size, JsonShape::one_command);
    return request;
  }

  const std::string_view first = segments.substr(0, segments.find('/'));
  request.endpoint = endpoint_of(first);
  switch (request.endpoint) {
    case Endpoint::event_stream:
      refuse_stream_query(first, target.query);
      // The TypeScript SDK sends an empty command along.
      if (std::string_view(body.text, body.size) == "[]") body = {};
      break;
    case Endpoint::pipeline:
    case Endpoint::transaction:
      if (first.size() != segments.size()) {
        throw BadRequest("ERR nothing may follow /" + std::string(first) + " in the path");
      }
      if (!may_have_body || body.size == 0) {
        throw BadRequest(
            "ERR /" + std::string(first) +
            R"( takes a POST with a JSON array of commands, such as [["SET","key","value"],["GET","key"]])");
      }
      request.commands = parse_json_commands(body.text, body.size, JsonShape::list_of_commands);
      return request;
    case Endpoint::command:
      break;
  }

  request.storage = std::make_unique_for_overwrite<char[]>(segments.size() + target.query.size() + 1);
  char* free_space = request.storage.get();
  add_path(request, segments, free_space);
  if (may_have_body && body.size > 0) request.commands.add_argument({body.text, body.size});
  add_query(request, target.query, free_space);
  request.commands.end_command();
  if (request.endpoint == Endpoint::event_stream) check_stream_command(request.commands[0]);
  return request;
}

}  // namespace upstash::local
