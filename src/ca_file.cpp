#include "ca_file.hpp"

#include <curl/curl.h>
#include <unistd.h>

#include "environment.hpp"

namespace upstash::detail {

namespace {

bool readable(const char* file) { return file != nullptr && access(file, R_OK) == 0; }

}  // namespace

std::string ca_file(const std::string& configured) {
  if (!configured.empty()) return configured;
  if (auto file = environment("SSL_CERT_FILE")) return *file;
  const curl_version_info_data* const built_in = curl_version_info(CURLVERSION_NOW);
  if (readable(built_in->cainfo) || readable(built_in->capath)) return {};
  for (const char* const known :
       {"/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL, Amazon Linux
        "/etc/pki/tls/certs/ca-bundle.crt",                   // older RHEL
        "/etc/ssl/ca-bundle.pem",                             // openSUSE
        "/etc/ssl/cert.pem"}) {                               // macOS, BSD
    if (readable(known)) return known;
  }
  return {};
}

}  // namespace upstash::detail
