// The same as start_sync over libcurl alone.
#include <unistd.h>

#include "bare_client.hpp"

int main(int, char** arguments) {
  upstash::bench::BareEasy(arguments[1], upstash::bench::bare_get()).perform();
  return write(STDOUT_FILENO, "1", 1) == 1 ? 0 : 1;
}
