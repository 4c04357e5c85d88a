// Where the trusted CA certificates are.
#pragma once

#include <string>

namespace upstash::detail {

/// The file to give to libcurl: `configured`, else SSL_CERT_FILE, else the first known place that exists if
/// libcurl's built-in one does not (a static build on another system). Empty: libcurl's own choice stands.
[[nodiscard]] std::string ca_file(const std::string& configured);

}  // namespace upstash::detail
