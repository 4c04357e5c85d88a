// What a user's program does, as far as it goes without a server.
#include <iostream>
#include <string>
#include <vector>

#include <upstash/redis.hpp>

int main() {
  const upstash::Redis redis{{.url = "https://name.upstash.io", .token = "token"}};

  const std::vector<std::string> arguments = upstash::cmd::get("k").arguments();
  for (const std::string& argument : arguments) std::cout << argument << '\n';
  if (arguments != std::vector<std::string>{"GET", "k"}) return 1;

  if (!redis.pipeline().exec().empty()) return 2;

  try {
    const upstash::Redis wrong{{.url = "no url", .token = "token"}};
    return 3;
  } catch (const upstash::UsageError& error) {
    std::cout << error.what() << '\n';
  }
}
