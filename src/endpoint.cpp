#include "endpoint.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include <upstash/error.hpp>

namespace upstash::detail {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Does the text begin with `prefix` (in lower case), in whatever case?
bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower);
}

/// One part of a parsed URL; empty if it has none.
std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return text;
}

bool is_loopback(std::string host) {
  std::ranges::transform(host, host.begin(), lower);
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

Endpoint parse_endpoint(std::string_view text, bool allow_insecure_http) {
  const std::string url(trimmed(text));
  if (url.empty()) {
    throw UsageError("the url is empty: set ClientOptions::url, or UPSTASH_REDIS_REST_URL for from_env()");
  }
  // Not shown: what follows the space may be the token.
  if (std::ranges::any_of(url, is_blank))
    throw UsageError("the url has a space or line break inside; copy it again");
  const bool tls = begins_with(url, "https://");
  if (begins_with(url, "redis://") || begins_with(url, "rediss://")) {
    throw UsageError("the url is the one for TCP clients; take the REST URL, which begins with https://");
  }
  if (!tls && !begins_with(url, "http://")) {
    throw UsageError("the url must begin with https:// (or http:// for a local server)");
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    throw UsageError("the url is malformed; expected is https://name.upstash.io");
  }
  const std::string_view authority = std::string_view(url).substr(url.find("//") + 2);
  if (authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos) {
    throw UsageError("the url must not hold a user or password; the token goes into ClientOptions::token");
  }
  if (url.find_first_of("?#") != std::string::npos) {
    throw UsageError("the url must not hold a query or fragment; expected is https://name.upstash.io");
  }
  const std::string host = part(parsed.get(), CURLUPART_HOST);
  const std::string port = part(parsed.get(), CURLUPART_PORT);
  if (!tls && !allow_insecure_http && !is_loopback(host)) {
    throw UsageError(
        "plain http to " + host +
        " would send the token in the clear; use https://, or set allow_insecure_http");
  }
  std::string base_url = url;
  while (base_url.ends_with('/')) base_url.pop_back();
  return {std::move(base_url), port.empty() ? host : host + ":" + port, tls};
}

std::string checked_token(std::string_view text) {
  const std::string_view token = trimmed(text);
  if (token.empty()) {
    throw UsageError(
        "the token is empty: set ClientOptions::token, or UPSTASH_REDIS_REST_TOKEN for from_env()");
  }
  if (std::ranges::any_of(token, is_blank)) {
    throw UsageError("the token has a space or line break inside; copy it again");
  }
  return std::string(token);
}

}  // namespace upstash::detail
