// The smallest program over AsyncRedis: it writes a byte when its first reply is there.
#include <unistd.h>

#include <upstash/async_redis.hpp>

int main(int, char** arguments) {
  upstash::AsyncRedis redis{{.url = arguments[1], .token = "token"}};
  return redis.get("key").get() == "hello" && write(STDOUT_FILENO, "1", 1) == 1 ? 0 : 1;
}
