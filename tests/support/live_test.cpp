// LiveTest: examples against a real server.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>

#include "example.hpp"
#include "local_server.hpp"

namespace upstash::test {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string random_prefix() {
  std::random_device random;
  return "upstash-test:" + std::to_string(random()) + std::to_string(random()) + ":";
}

/// The server of this process' tests. A local one ends with it.
class Server {
 public:
  static Server& instance() {
    static Server server;
    return server;
  }

  [[nodiscard]] bool remote() const { return !local_; }
  [[nodiscard]] const Redis& redis() const { return *redis_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const Keys& keys() const { return keys_; }

 private:
  Server() : keys_(environment("UPSTASH_TEST_REMOTE") == "1" ? random_prefix() : "") {
    if (environment("UPSTASH_TEST_REMOTE") == "1") {
      redis_.emplace(Redis::from_env());
    } else {
      local_ = std::make_unique<LocalServer>();
      redis_.emplace(ClientOptions{.url = local_->url(), .token = local_->token()});
    }
    const std::string info = redis_->execute({"INFO", "server"}).string();
    const std::string_view label = "redis_version:";
    const std::size_t found = info.find(label);
    if (found == std::string::npos) throw std::runtime_error("INFO does not tell the server's version");
    const std::size_t begin = found + label.size();
    version_ = info.substr(begin, info.find_first_of("\r\n", begin) - begin);
  }

  Keys keys_;
  std::unique_ptr<LocalServer> local_;
  std::optional<Redis> redis_;
  std::string version_;
};

bool older(std::string_view version, std::string_view than) {
  const auto numbers = [](std::string_view text) {
    std::array<int, 3> parts{};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (int& part : parts) {
      at = std::from_chars(at, end, part).ptr;
      if (at != end) ++at;
    }
    return parts;
  };
  return numbers(version) < numbers(than);
}

bool is_number(const Data& data) {
  return data.kind == Data::Kind::integer || data.kind == Data::Kind::number;
}

bool near(const Data& left, const Data& right, double tolerance) {
  if (left.kind != right.kind || left.elements.size() != right.elements.size()) return false;
  if (is_number(left)) {
    const double difference = left.number - right.number + static_cast<double>(left.integer - right.integer);
    return std::abs(difference) <= tolerance;
  }
  return left.integer == right.integer && left.text == right.text &&
         std::equal(
             left.elements.begin(),
             left.elements.end(),
             right.elements.begin(),
             [tolerance](const Data& one, const Data& other) { return near(one, other, tolerance); });
}

bool matches(const Example& example, const Data& result, const Data& expected) {
  switch (example.match) {
    case Match::exact:
      return result == expected;
    case Match::unordered:
      return sorted(result) == sorted(expected);
    case Match::type:
      return result.kind == expected.kind;
    case Match::near:
      return near(result, expected, example.tolerance);
  }
  return false;
}

/// One example on one server, whose keys may have a prefix.
class Stage {
 public:
  Stage(const Server& server, const Example& example) : server_(server), example_(example) { prepare(); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    if (server_.remote()) remove_keys();
  }

  void expect(const Data& result, std::string_view where) const {
    const Data expected = named(example_.result);
    if (matches(example_, result, expected)) return;
    ADD_FAILURE() << example_.command << ' ' << where << ", on a server " << server_.version()
                  << ", returns\n  " << to_text(result) << "\nbut the catalogue's example has\n  "
                  << to_text(expected);
  }

 private:
  void prepare() const {
    if (server_.remote()) {
      remove_keys();
    } else {
      server_.redis().execute({"FLUSHALL"});
    }
    for (std::vector<std::string> command : example_.setup) {
      for (std::string& word : command) word = named(word);
      server_.redis().execute(command);
    }
  }

  void remove_keys() const {
    for (const std::string& key : example_.keys) server_.redis().execute({"DEL", named(key)});
  }

  /// The text, with the prefix if it is one of the example's keys.
  [[nodiscard]] std::string named(const std::string& text) const {
    const bool is_key = std::find(example_.keys.begin(), example_.keys.end(), text) != example_.keys.end();
    return is_key ? server_.keys()(text) : text;
  }
  [[nodiscard]] Data named(Data data) const {
    if (data.kind == Data::Kind::string) data.text = named(data.text);
    for (Data& element : data.elements) element = named(std::move(element));
    return data;
  }

  const Server& server_;
  const Example& example_;
};

}  // namespace

void LiveTest::expect_live(const Example& example, const AnyCall& call) {
  const Server& server = Server::instance();
  if (server.remote() && example.database_wide) {
    GTEST_SKIP() << example.command << " would touch more than the test's own keys";
  }
  if (older(server.version(), example.since)) {
    GTEST_SKIP() << "server " << server.version() << " lacks " << example.command << " (since "
                 << example.since << ")";
  }
  {
    const Stage stage(server, example);
    stage.expect(call.on(server.redis(), server.keys()), "returned by Redis");
  }
  const Stage stage(server, example);
  stage.expect(call.on(server.redis().pipeline(), server.keys()), "in a pipeline");
}

}  // namespace upstash::test
