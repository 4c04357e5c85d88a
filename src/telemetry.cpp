#include "telemetry.hpp"

#include <string_view>

#include "environment.hpp"

namespace upstash::detail {

namespace {

#define UPSTASH_STRINGIFY_(x) #x
#define UPSTASH_STRINGIFY(x) UPSTASH_STRINGIFY_(x)

#if defined(__clang__)
constexpr const char* compiler = "clang-" __clang_version__;
#elif defined(__GNUC__)
constexpr const char* compiler = "gcc-" UPSTASH_STRINGIFY(__GNUC__) "." UPSTASH_STRINGIFY(
    __GNUC_MINOR__) "." UPSTASH_STRINGIFY(__GNUC_PATCHLEVEL__);
#elif defined(_MSC_VER)
constexpr const char* compiler = "msvc-" UPSTASH_STRINGIFY(_MSC_VER);
#else
constexpr const char* compiler = "unknown";
#endif

#undef UPSTASH_STRINGIFY
#undef UPSTASH_STRINGIFY_

bool disabled_by_environment() {
  const auto setting = environment("UPSTASH_DISABLE_TELEMETRY");
  return setting && *setting != "0" && *setting != "false";
}

std::string_view platform() {
  if (environment("VERCEL")) return "vercel";
  if (environment("AWS_REGION")) return "aws";
  return "unknown";
}

/// Clang's version may go on with a vendor's note in brackets.
std::string runtime() {
  const std::string_view name = compiler;
  return "c++20@" + std::string(name.substr(0, name.find(' ')));
}

}  // namespace

std::vector<std::string> telemetry_headers() {
  if (disabled_by_environment()) return {};
  return {
      "Upstash-Telemetry-Sdk: cpp-upstash-redis@v" UPSTASH_REDIS_VERSION,
      "Upstash-Telemetry-Runtime: " + runtime(),
      "Upstash-Telemetry-Platform: " + std::string(platform()),
  };
}

}  // namespace upstash::detail
