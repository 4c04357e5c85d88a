#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "command_list.hpp"

namespace upstash::local {

enum class Endpoint {
  command,
  pipeline,
  transaction,
  event_stream,  // /subscribe, /psubscribe, /monitor: one command of that name
};

// A request's target, split but not decoded.
struct Target {
  std::string_view path;
  std::string_view query;
};

// The request's body: parsed in place, so writable, and text[size] is a NUL.
struct Body {
  char* text = nullptr;
  std::size_t size = 0;
};

// What a request asks for. The commands are views into `storage` and into the body.
struct Request {
  Endpoint endpoint = Endpoint::command;
  CommandList commands;
  std::unique_ptr<char[]> storage;
};

Target split_target(std::string_view uri);

// The query's `_token`, which serves instead of an Authorization header.
std::optional<std::string> query_token(std::string_view query);

// `may_have_body` is true for POST and PUT. Throws BadRequest.
Request decode_request(const Target& target, bool may_have_body, Body body);

}  // namespace upstash::local
