// Endpoint: the checked address of a database.
#pragma once

#include <string>
#include <string_view>

namespace upstash::detail {

struct Endpoint {
  std::string base_url;  ///< Without a slash at its end.
  std::string host;      ///< With its port, for messages.
  bool tls;
};

/// Checks the URL of ClientOptions. Throws UsageError that says what is wrong with it and what is expected.
[[nodiscard]] Endpoint parse_endpoint(std::string_view text, bool allow_insecure_http);

/// The token without spaces and line breaks around it. Throws UsageError when it is empty or has some inside.
[[nodiscard]] std::string checked_token(std::string_view text);

}  // namespace upstash::detail
