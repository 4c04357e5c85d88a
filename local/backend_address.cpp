#include "backend_address.hpp"

#include <charconv>
#include <stdexcept>

namespace upstash::local {
namespace {

constexpr std::string_view tcp_scheme = "redis://";
constexpr std::string_view unix_scheme = "unix:";

[[noreturn]] void fail(const std::string& why) {
  throw std::invalid_argument(
      why + "; allowed are redis://[user:password@]host[:port][/database] and unix:/path");
}

int parse_number(std::string_view text, int highest, const std::string& what) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > highest) {
    fail(what + " '" + std::string(text) + "' is not a number from 0 to " + std::to_string(highest));
  }
  return number;
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

std::string BackendAddress::display() const {
  if (!unix_path.empty()) return std::string(unix_scheme) + unix_path;
  return host + ":" + std::to_string(port);
}

std::vector<std::string_view> BackendAddress::login_command() const {
  if (password.empty()) return {};
  if (user.empty()) return {"AUTH", password};
  return {"AUTH", user, password};
}

BackendAddress parse_backend_url(std::string_view url) {
  BackendAddress address;
  if (url.starts_with(unix_scheme)) {
    url.remove_prefix(unix_scheme.size());
    if (url.starts_with("//")) url.remove_prefix(2);
    if (!url.starts_with('/')) fail("the path of a unix: URL must begin with /");
    address.unix_path = url;
    return address;
  }
  if (url.starts_with("rediss://")) fail("TLS to the backend is not supported");
  if (!url.starts_with(tcp_scheme)) fail("'" + std::string(url) + "' is not the URL of a redis-server");
  url.remove_prefix(tcp_scheme.size());

  if (const std::size_t slash = url.find('/'); slash != std::string_view::npos) {
    const std::string_view database = url.substr(slash + 1);
    if (!database.empty()) address.database = parse_number(database, 1'000'000, "the database");
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    const std::size_t colon = login.find(':');
    if (colon == std::string_view::npos) fail("what stands before the @ must be user:password or :password");
    address.user = decode(login.substr(0, colon));
    address.password = decode(login.substr(colon + 1));
    url = url.substr(at + 1);
  }
  // An IPv6 address stands in brackets.
  const std::size_t host_end = url.starts_with('[') ? url.find(']') : url.find(':');
  if (url.starts_with('[')) {
    if (host_end == std::string_view::npos) fail("the host's bracket is not closed");
    address.host = url.substr(1, host_end - 1);
    url.remove_prefix(host_end + 1);
  } else {
    address.host = url.substr(0, host_end);
    url.remove_prefix(address.host.size());
  }
  if (address.host.empty()) fail("the host is missing");
  if (url.starts_with(':')) {
    address.port = parse_number(url.substr(1), 65'535, "the port");
  } else if (!url.empty()) {
    fail("a port must follow the host after a colon");
  }
  return address;
}

}  // namespace upstash::local
