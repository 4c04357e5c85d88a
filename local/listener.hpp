#pragma once

#include <string>

#include "file_descriptor.hpp"

namespace upstash::local {

// A socket that listens for HTTP clients.
struct Listener {
  FileDescriptor socket;
  int port = 0;
};

// `port` 0 takes any free one. Throws std::runtime_error.
Listener listen_on(const std::string& address, int port);

// How a client on this machine reaches it.
std::string url_of(const std::string& address, int port);

}  // namespace upstash::local
