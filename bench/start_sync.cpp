// The smallest program over Redis: it writes a byte when its first reply is there.
#include <unistd.h>

#include <upstash/redis.hpp>

int main(int, char** arguments) {
  upstash::Redis redis{{.url = arguments[1], .token = "token"}};
  return redis.get("key") == "hello" && write(STDOUT_FILENO, "1", 1) == 1 ? 0 : 1;
}
