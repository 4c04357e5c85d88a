#include "raw_body_request.hpp"

#include <upstash/error.hpp>

#include "percent_encoding.hpp"

namespace upstash::detail {

std::string raw_body_url(std::string_view base_url, const AnyCommand& command) {
  const std::vector<std::string> arguments = command.arguments();
  const std::size_t binary = command.encoded().binary->index;
  if (binary == 0) throw UsageError("the command's name is not UTF-8");
  std::string url(base_url);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i == binary) continue;
    if (arguments[i].empty()) {
      throw UsageError(
          command.name() + ": argument " + std::to_string(i) +
          " is empty, which the REST API cannot carry in a command that also has an argument that is not "
          "UTF-8");
    }
    const bool is_query_name = i > binary && (i - binary) % 2 == 1;
    if (is_query_name && arguments[i] == "_token") {
      throw UsageError(
          command.name() +
          ": behind an argument that is not UTF-8 the service would take _token for its token");
    }
    if (i < binary) {
      url += '/';
    } else if (i == binary + 1) {
      url += '?';
    } else {  // what follows the body are names and values in turn
      url += is_query_name ? '&' : '=';
    }
    append_percent_encoded(url, arguments[i]);
  }
  return url;
}

}  // namespace upstash::detail
