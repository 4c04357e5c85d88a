// The same as start_async over libcurl alone.
#include <unistd.h>

#include "bare_client.hpp"

int main(int, char** arguments) {
  upstash::bench::BareMulti(arguments[1], upstash::bench::bare_get(), 1, 1).perform(1);
  return write(STDOUT_FILENO, "1", 1) == 1 ? 0 : 1;
}
