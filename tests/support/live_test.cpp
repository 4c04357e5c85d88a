// LiveTest: examples against a real server.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <unordered_map>

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

/// The server of this process' tests. A local one ends with it.
class Server {
 public:
  /// Throws when it does not start; it is not tried a second time.
  static Server& instance() {
    static std::string failure;
    if (!failure.empty()) throw std::runtime_error(failure);
    try {
      static Server server;
      return server;
    } catch (const std::exception& error) {
      failure = error.what();
      throw;
    }
  }

  [[nodiscard]] bool remote() const { return !local_; }
  [[nodiscard]] const Redis& redis() const { return *redis_; }
  [[nodiscard]] const AsyncRedis& async_redis() const { return *async_redis_; }
  /// The Redis that it is, or says that it is like.
  [[nodiscard]] const std::string& version() const { return version_; }
  /// What it calls itself: "redis 8.6.3", "valkey 8.1.4".
  [[nodiscard]] const std::string& product() const { return product_; }
  [[nodiscard]] const Keys& keys() const { return keys_; }

  [[nodiscard]] bool knows(std::string_view command) {
    const auto [entry, is_new] = known_.try_emplace(std::string(command));
    if (is_new) {
      std::string name(command);
      std::replace(name.begin(), name.end(), ' ', '|');
      const Reply reply = redis_->execute({"COMMAND", "INFO", name});
      entry->second = !reply.array().empty() && !reply.array().front().is_nil();
    }
    return entry->second;
  }

  /// Empties the database. Functions, scripts and users that an example may have left are removed only if asked to: few
  /// examples could notice.
  void reset(bool all) const {
    redis_->execute({"FLUSHALL"});
    if (!all) return;
    redis_->execute({"SCRIPT", "FLUSH"});
    if (!older(version_, "7.0.0")) redis_->execute({"FUNCTION", "FLUSH"});
    if (older(version_, "6.0.0")) return;
    const std::string self = redis_->execute({"ACL", "WHOAMI"}).string();
    for (const std::string& user : redis_->execute({"ACL", "USERS"}).as<std::vector<std::string>>()) {
      if (user != "default" && user != self) redis_->execute({"ACL", "DELUSER", user});
    }
    redis_->execute({"ACL", "LOG", "RESET"});
  }

 private:
  Server() : keys_(environment("UPSTASH_TEST_REMOTE") == "1" ? random_prefix() : "") {
    if (environment("UPSTASH_TEST_REMOTE") == "1") {
      redis_.emplace(Redis::from_env());
      async_redis_.emplace(AsyncRedis::from_env());
    } else {
      const std::string backend = environment("UPSTASH_TEST_REDIS_URL");
      local_ = std::make_unique<LocalServer>(
          backend.empty() ? std::vector<std::string>() : std::vector<std::string>{"--redis-url", backend});
      const ClientOptions options{.url = local_->url(), .token = local_->token()};
      redis_.emplace(options);
      async_redis_.emplace(options);
    }
    auto info = parse_info(redis_->execute({"INFO", "server"}).string());
    version_ = info["redis_version"];
    if (version_.empty()) throw std::runtime_error("INFO does not tell the server's version");
    const std::string valkey = info["valkey_version"];
    product_ = valkey.empty() ? "redis " + version_ : "valkey " + valkey;
  }

  Keys keys_;
  std::unique_ptr<LocalServer> local_;
  std::optional<Redis> redis_;
  std::optional<AsyncRedis> async_redis_;
  std::string version_;
  std::string product_;
  std::unordered_map<std::string, bool> known_;
};

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

/// The error code, which the texts of all servers begin with.
std::string_view code_of(const Data& error) {
  return std::string_view(error.text).substr(0, error.text.find(' '));
}

bool matches(const Example& example, const Data& result, const Data& expected) {
  if (result.kind == Data::Kind::error) {
    return expected.kind == Data::Kind::error && code_of(result) == code_of(expected);
  }
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
    ADD_FAILURE() << example_.command << ' ' << where << ", on " << server_.product() << ", returns\n  "
                  << to_text(result) << "\nbut the catalogue's example has\n  " << to_text(expected);
  }

 private:
  void prepare() const {
    if (server_.remote()) {
      remove_keys();
    } else {
      server_.reset(example_.database_wide);
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

/// The line goes into the file at once, so that test programs that run side by side may share it.
void append(const std::string& path, const std::string& line) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || ::write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ADD_FAILURE() << "cannot write to " << path;
  }
  if (file >= 0) ::close(file);
}

}  // namespace

void LiveTest::expect_live(const Example& example, const AnyCall& call) {
  Server& server = Server::instance();
  command_ = example.command;
  if (server.remote() && example.database_wide) {
    skipped_ = "would touch more than the tests' own keys";
    GTEST_SKIP() << example.command << " would touch more than the test's own keys";
  }
  // Without a version, it is a command that not every Redis has; a remote server should.
  const bool too_new = older(server.version(), example.since);
  if (too_new && !server.remote() && server.knows(example.command)) {
    skipped_ = "need a newer Redis";
    GTEST_SKIP() << server.product() << " is older than what the example uses (since " << example.since
                 << ")";
  }
  if (too_new || (example.since.empty() && !server.remote() && !server.knows(example.command))) {
    skipped_ = "server lacks them";
    GTEST_SKIP() << server.product() << " lacks " << example.command;
  }
  {
    const Stage stage(server, example);
    stage.expect(call.on(server.redis(), server.keys()), "returned by Redis");
  }
  {
    const Stage stage(server, example);
    stage.expect(call.on(server.async_redis(), server.keys()), "returned by AsyncRedis");
  }
  const Stage stage(server, example);
  stage.expect(call.on(server.redis().pipeline(), server.keys()), "in a pipeline");
}

void LiveTest::TearDown() {
  const std::string log = environment("UPSTASH_TEST_LIVE_LOG");
  if (log.empty() || command_.empty()) return;
  const std::string_view outcome = HasFailure() ? "failed" : IsSkipped() ? "skipped" : "exercised";
  std::string line;
  for (const std::string_view part : {command_, std::string_view(Server::instance().product()), outcome}) {
    line.append(part) += '\t';
  }
  append(log, line.append(skipped_) += '\n');
}

}  // namespace upstash::test
