// The url and the token: what is taken, and what each refusal says.
#include "endpoint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include <upstash/error.hpp>

#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_view_literals;

std::string refusal_of(std::string_view url, bool allow_insecure_http = false) {
  return message_of<UsageError>([&] { static_cast<void>(detail::parse_endpoint(url, allow_insecure_http)); });
}

TEST(EndpointUrl, IsTakenApart) {
  const detail::Endpoint endpoint = detail::parse_endpoint("https://eu1-name-123.upstash.io", false);
  EXPECT_EQ(endpoint.base_url, "https://eu1-name-123.upstash.io");
  EXPECT_EQ(endpoint.host, "eu1-name-123.upstash.io");
  EXPECT_TRUE(endpoint.tls);
}

TEST(EndpointUrl, IsTrimmed) {
  for (const std::string_view url :
       {" https://a.io"sv,
        "https://a.io \t"sv,
        "\r\nhttps://a.io\r\n"sv,
        "\vhttps://a.io\f"sv,
        "https://a.io\0"sv}) {
    EXPECT_EQ(detail::parse_endpoint(url, false).base_url, "https://a.io") << url;
  }
}

TEST(EndpointUrl, LosesTheSlashesAtItsEndAndKeepsAPath) {
  EXPECT_EQ(detail::parse_endpoint("https://a.io/", false).base_url, "https://a.io");
  EXPECT_EQ(detail::parse_endpoint("https://a.io///", false).base_url, "https://a.io");
  EXPECT_EQ(detail::parse_endpoint("https://a.io/redis/", false).base_url, "https://a.io/redis");
  EXPECT_EQ(detail::parse_endpoint("https://a.io/redis/", false).host, "a.io");
}

TEST(EndpointUrl, NamesThePortWithTheHost) {
  EXPECT_EQ(detail::parse_endpoint("https://a.io:8443", false).host, "a.io:8443");
  EXPECT_EQ(detail::parse_endpoint("http://127.0.0.1:8079", false).host, "127.0.0.1:8079");
  EXPECT_EQ(detail::parse_endpoint("http://[::1]:8079/", false).host, "[::1]:8079");
  EXPECT_FALSE(detail::parse_endpoint("http://[::1]:8079/", false).tls);
}

TEST(EndpointUrl, WhatIsEmptyNamesTheSetting) {
  for (const std::string_view url : {""sv, " \n"sv}) {
    EXPECT_TRUE(holds(refusal_of(url), "ClientOptions::url"));
    EXPECT_TRUE(holds(refusal_of(url), "UPSTASH_REDIS_REST_URL"));
  }
}

TEST(EndpointUrl, SpacesInsideAreRefusedWithoutBeingRepeated) {
  // What stands there may be the token, copied along with the url.
  for (const std::string_view url :
       {"https://a.io SECRET"sv,
        "https://a.io\nSECRET"sv,
        "https://a.io\tSECRET"sv,
        "https://a.io\0SECRET"sv}) {
    const std::string message = refusal_of(url);
    EXPECT_TRUE(holds(message, "space or line break inside")) << message;
    EXPECT_FALSE(holds(message, "SECRET")) << message;
  }
}

TEST(EndpointUrl, ATcpUrlIsPointedToTheRestUrl) {
  for (const std::string_view url :
       {"redis://default:SECRET@a.upstash.io:6379"sv, "rediss://default:SECRET@a.upstash.io:6379"sv}) {
    const std::string message = refusal_of(url);
    EXPECT_TRUE(holds(message, "REST URL")) << message;
    EXPECT_FALSE(holds(message, "SECRET")) << message;
  }
}

TEST(EndpointUrl, NeedsASchemeItKnows) {
  for (const std::string_view url :
       {"a.upstash.io"sv, "ftp://a.io"sv, "//a.io"sv, "https:/a.io"sv, "file:///etc"sv}) {
    EXPECT_TRUE(holds(refusal_of(url), "must begin with https://")) << url;
  }
}

TEST(EndpointUrl, TheSchemeMayBeInAnyCase) {
  EXPECT_TRUE(detail::parse_endpoint("HTTPS://a.io", false).tls);
  EXPECT_FALSE(detail::parse_endpoint("Http://localhost:1", false).tls);
  EXPECT_NO_THROW(static_cast<void>(refusal_of("HTTP://a.io")));
  EXPECT_TRUE(holds(refusal_of("REDISS://a.io"), "REST URL"));
}

TEST(EndpointUrl, MalformedIsRefused) {
  for (const std::string_view url :
       {"https://"sv, "https://:443"sv, "https://a.io:port"sv, "https://a.io:99999"sv, "https://[::1"sv}) {
    EXPECT_TRUE(holds(refusal_of(url), "malformed")) << url << ": " << refusal_of(url);
  }
}

TEST(EndpointUrl, HoldsNoUserPasswordQueryOrFragment) {
  for (const std::string_view url :
       {"https://user@a.io"sv,
        "https://user:SECRET@a.io"sv,
        "https://:SECRET@a.io"sv,
        "https://a.io?_token=SECRET"sv,
        "https://a.io/?_token=SECRET"sv,
        "https://a.io#SECRET"sv,
        "https://a.io/?"sv,
        "https://a.io?"sv,
        "https://a.io/#"sv,
        "https://@a.io"sv}) {
    const std::string message = refusal_of(url);
    EXPECT_TRUE(holds(message, "must not hold")) << url << ": " << message;
    EXPECT_FALSE(holds(message, "SECRET")) << message;
  }
}

TEST(EndpointUrl, PlainHttpIsForLoopback) {
  for (const std::string_view url :
       {"http://localhost"sv,
        "http://localhost:8079"sv,
        "http://127.0.0.1"sv,
        "http://127.8.9.1:80"sv,
        "http://[::1]"sv,
        "http://db.localhost:1"sv,
        "http://LOCALHOST"sv}) {
    EXPECT_EQ(detail::parse_endpoint(url, false).base_url, url);
  }
  for (const std::string_view url :
       {"http://a.upstash.io"sv,
        "http://10.0.0.1"sv,
        "http://192.168.0.1:8080"sv,
        "http://127.0.0.1.evil.io"sv,
        "http://localhost.evil.io"sv,
        "http://notlocalhost"sv,
        "http://[::2]"sv,
        "http://127.evil.io"sv,
        "http://0.0.0.0"sv}) {
    EXPECT_TRUE(holds(refusal_of(url), "in the clear")) << url;
    EXPECT_TRUE(holds(refusal_of(url), "allow_insecure_http")) << url;
    EXPECT_NO_THROW(static_cast<void>(detail::parse_endpoint(url, true))) << url;
  }
}

TEST(EndpointToken, IsTrimmedAndChecked) {
  EXPECT_EQ(detail::checked_token("abc=="), "abc==");
  EXPECT_EQ(detail::checked_token(" \r\nabc\n"), "abc");
  const auto refused = [](std::string_view token) {
    return message_of<UsageError>([&] { static_cast<void>(detail::checked_token(token)); });
  };
  EXPECT_TRUE(holds(refused(""), "ClientOptions::token"));
  EXPECT_TRUE(holds(refused(" \n"), "UPSTASH_REDIS_REST_TOKEN"));
  for (const std::string_view token : {"SECRET 2"sv, "SECRET\n2"sv, "SECRET\r\nX: y"sv, "SECRET\0002"sv}) {
    EXPECT_TRUE(holds(refused(token), "space or line break inside"));
    EXPECT_FALSE(holds(refused(token), "SECRET"));
  }
}

}  // namespace
}  // namespace upstash::test
