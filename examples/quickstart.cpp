// A first tour. Needs UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, of a database or of the local server
// (`./dev demo` starts one and runs this).
#include <chrono>
#include <iostream>
#include <map>

#include <upstash/redis.hpp>

int main() try {
  using namespace std::chrono_literals;
  using upstash::SetCondition;
  namespace cmd = upstash::cmd;

  auto redis = upstash::Redis::from_env();
  std::cout << std::boolalpha;

  std::cout << "Set and get\n";
  redis.set("greeting", "hello");
  std::cout << "  get greeting            -> " << redis.get("greeting").value_or("(nothing)") << '\n';
  std::cout << "  get no-such-key         -> " << redis.get("no-such-key").value_or("(nothing)") << '\n';

  std::cout << "Typed values and expiry\n";
  redis.set("visits", 41, {.expiry = 10min});
  std::cout << "  incr visits             -> " << redis.incr("visits") << '\n';
  std::cout << "  incrbyfloat ratio 0.5   -> " << redis.incrbyfloat("ratio", 0.5) << '\n';
  std::cout << "  ttl visits              -> " << redis.ttl("visits") << " s\n";
  const bool taken = redis.set("visits", 0, {.condition = SetCondition::nx});
  std::cout << "  set visits 0 if new     -> " << taken << '\n';

  std::cout << "Hashes\n";
  std::cout << "  hset user:1             -> " << redis.hset("user:1", {{"name", "Ann"}, {"age", 36}})
            << '\n';
  const auto user = redis.hgetall("user:1");
  for (const auto& [field, value] : std::map(user.begin(), user.end())) {
    std::cout << "  hgetall user:1          -> " << field << " = " << value << '\n';
  }

  std::cout << "A pipeline, by statements\n";
  auto pipeline = redis.pipeline();
  pipeline.set("foo", 1);
  pipeline.incr("foo");
  pipeline.get("foo");
  std::cout << "  set, incr, get          -> " << pipeline.exec() << '\n';

  std::cout << "A pipeline, by chaining\n";
  std::cout << "  set, incr, get          -> " << pipeline.set("foo", 1).incr("foo").get("foo").exec()
            << '\n';

  std::cout << "A transaction\n";
  std::cout << "  set, incr, get          -> " << redis.multi().set("foo", 1).incr("foo").get("foo").exec()
            << '\n';

  std::cout << "A batch, typed at compile time\n";
  const auto [ok, count, text] = redis.batch(cmd::set("foo", 1), cmd::incr("foo"), cmd::get("foo"));
  std::cout << "  set, incr, get          -> " << ok << ", " << count << ", " << text.value_or("(nothing)")
            << '\n';

  std::cout << "Any command\n";
  redis.del("test_stream");
  redis.execute({"XADD", "test_stream", "*", "temperature", 21.5});
  std::cout << "  XLEN test_stream        -> " << redis.execute({"XLEN", "test_stream"}) << '\n';

  std::cout << "An error\n";
  try {
    redis.incr("greeting");
  } catch (const upstash::ServerError& error) {
    std::cout << "  incr greeting           -> " << error.what() << '\n';
  }

  redis.del({"greeting", "visits", "ratio", "user:1", "foo", "test_stream"});
} catch (const upstash::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
