#include "options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "backend_address.hpp"

namespace upstash::local {
namespace {

using Setter = void (*)(Options& options, std::string_view name, std::string_view value);

struct Option {
  std::string_view name;
  std::string_view value;  // what to call it in the help; empty: it takes none
  std::string_view help;
  Setter set;
};

template <typename Number>
Number parse_number(std::string_view name, std::string_view text, Number lowest, Number highest) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < lowest || number > highest) {
    throw OptionError(
        std::string(name) + " takes a number from " + std::to_string(lowest) + " to " +
        std::to_string(highest) + ", not '" + std::string(text) + "'");
  }
  return number;
}

// A token travels in a header and in a line for the shell.
std::string parse_token(std::string_view name, std::string_view text) {
  const bool good = !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
    return character > ' ' && character <= '~' &&
           std::string_view("\"'\\$`").find(character) == std::string_view::npos;
  });
  if (!good) {
    throw OptionError(
        std::string(name) +
        " takes letters, digits and punctuation, without spaces, quotes, '\\', '$' and '`'");
  }
  return std::string(text);
}

std::string parse_text(std::string_view name, std::string_view text) {
  if (text.empty()) throw OptionError(std::string(name) + " takes a value that is not empty");
  return std::string(text);
}

constexpr Option all_options[] = {
    {"--port",
     "N",
     "port to listen on, 0 for any free one (default: 8079)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.port = parse_number(name, value, 0, 65535);
     }},
    {"--bind",
     "ADDRESS",
     "address to listen on (default: 127.0.0.1, this machine only)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.bind = parse_text(name, value);
     }},
    {"--token",
     "TOKEN",
     "token that clients must send (default: a random one, printed)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.token = parse_token(name, value);
     }},
    {"--readonly-token",
     "TOKEN",
     "a second token, which may only read (default: none)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.read_only_token = parse_token(name, value);
     }},
    {"--dir",
     "FOLDER",
     "keep the data in this folder (default: in memory only)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.data_folder = parse_text(name, value);
     }},
    {"--redis-server",
     "PATH",
     "redis-server or valkey-server to start (default: UPSTASH_LOCAL_REDIS_SERVER,\n"
     "                            or redis-server or valkey-server from PATH)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.redis_server = parse_text(name, value);
     }},
    {"--redis-url",
     "URL",
     "use a running server: redis://[user:password@]host[:port][/db] or unix:/path",
     [](Options& options, std::string_view name, std::string_view value) {
       try {
         parse_backend_url(value);
       } catch (const std::invalid_argument& problem) {
         throw OptionError(std::string(name) + ": " + problem.what());
       }
       options.redis_url = value;
     }},
    {"--max-request-bytes",
     "N",
     "refuse bigger requests (default: 10485760)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.max_request_bytes = parse_number<std::size_t>(name, value, 1, 1'073'741'824);
     }},
    {"--max-unread-bytes",
     "N",
     "cut off an event stream whose client leaves more than this unread\n"
     "                            (default: 33554432)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.max_unread_bytes = parse_number<std::size_t>(name, value, 65'536, 1'073'741'824);
     }},
    {"--keep-alive-ms",
     "N",
     "send a comment over each event stream every N milliseconds (default: 15000)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.keep_alive = std::chrono::milliseconds(parse_number(name, value, 1, 86'400'000));
     }},
    {"--idle-timeout-s",
     "N",
     "close a connection without a request for N seconds (default: 300)",
     [](Options& options, std::string_view name, std::string_view value) {
       options.idle_timeout = std::chrono::seconds(parse_number(name, value, 1, 86'400));
     }},
    {"--version",
     "",
     "print the version and exit",
     [](Options& options, std::string_view, std::string_view) { options.show_version = true; }},
    {"--help",
     "",
     "print this text and exit",
     [](Options& options, std::string_view, std::string_view) { options.show_help = true; }},
};

std::string option_names() {
  std::string names;
  for (const Option& option : all_options) {
    if (!names.empty()) names += ", ";
    names += option.name;
  }
  return names;
}

const Option& find_option(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(all_options), std::end(all_options), [&](const Option& option) {
        return option.name == name;
      });
  if (found == std::end(all_options)) {
    throw OptionError("unknown option '" + std::string(name) + "'; allowed are " + option_names());
  }
  return *found;
}

void check_together(const Options& options) {
  if (!options.redis_url.empty() && !options.data_folder.empty()) {
    throw OptionError("--dir is for the server that is started here; it cannot go with --redis-url");
  }
  if (!options.redis_url.empty() && !options.redis_server.empty()) {
    throw OptionError("--redis-server and --redis-url exclude each other");
  }
  if (!options.token.empty() && options.token == options.read_only_token) {
    throw OptionError("--token and --readonly-token must differ");
  }
}

}  // namespace

Options parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const Option& option = find_option(argument.substr(0, equals));
    std::string_view value;
    if (option.value.empty()) {
      if (equals != std::string_view::npos) throw OptionError(std::string(option.name) + " takes no value");
    } else if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else {
      if (++i == arguments.size()) {
        throw OptionError(std::string(option.name) + " needs a value: " + std::string(option.value));
      }
      value = arguments[i];
    }
    option.set(options, option.name, value);
  }
  check_together(options);
  if (options.redis_server.empty() && options.redis_url.empty()) {
    if (const char* from_environment = std::getenv("UPSTASH_LOCAL_REDIS_SERVER")) {
      options.redis_server = from_environment;
    }
  }
  return options;
}

std::string help_text() {
  std::string text =
      "Usage: upstash-redis-local [options]\n\n"
      "The Upstash Redis REST API in front of a redis-server or valkey-server, for development and tests.\n"
      "Prints the two environment variables that clients need, and serves until it gets SIGINT or "
      "SIGTERM.\n\n"
      "Options:\n";
  for (const Option& option : all_options) {
    std::string line = "  ";
    line += option.name;
    if (!option.value.empty()) {
      line += ' ';
      line += option.value;
    }
    line.resize(std::max<std::size_t>(line.size() + 1, 28), ' ');
    text += line;
    text += option.help;
    text += '\n';
  }
  return text;
}

std::string version_text() { return "upstash-redis-local " UPSTASH_LOCAL_VERSION "\n"; }

}  // namespace upstash::local
