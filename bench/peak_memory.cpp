// peak_memory CLIENT SMALL LARGE: reads a small value and then a large one, and prints how many bytes of memory the second took.
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "bare_client.hpp"

namespace {

/// A line of /proc/self/status, in bytes.
std::int64_t memory(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    if (std::int64_t kib = 0; word == name + ":" && file >> kib) return kib * 1024;
  }
  throw std::runtime_error("the system does not tell " + name);
}

/// Reads a value and lets go of it, and of the connection.
void get(const std::string& client, const std::string& url) {
  using namespace upstash;
  const ClientOptions options{.url = url, .token = "token"};
  if (client == "sync") {
    Redis(options).get("key");
  } else if (client == "async") {
    AsyncRedis(options).get("key").get();
  } else if (client == "easy") {
    bench::BareEasy(url, bench::bare_get()).perform();
  } else {
    bench::BareMulti(url, bench::bare_get(), 1, 1).perform(1);
  }
}

}  // namespace

int main(int, char** arguments) try {
  get(arguments[1], arguments[2]);
  const std::int64_t before = memory("VmRSS");
  get(arguments[1], arguments[3]);
  std::cout << memory("VmHWM") - before << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
