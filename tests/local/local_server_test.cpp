#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "event_stream_client.hpp"
#include "http_connection.hpp"
#include "process.hpp"
#include "running_server.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

class LocalServer : public testing::Test {
 protected:
  HttpReply get(std::string_view path, Strings headers = {}) { return call("GET", path, std::move(headers)); }
  HttpReply post(std::string_view path, std::string_view body, Strings headers = {}) {
    return call("POST", path, std::move(headers), body);
  }
  HttpReply call(
      std::string_view method, std::string_view path, Strings headers = {}, std::string_view body = {}) {
    headers.push_back(authorized);
    return connection_.request(method, path, headers, body);
  }

  RunningServer server_{{"--readonly-token", "reader"}};
  HttpConnection connection_{server_.port()};
};

TEST_F(LocalServer, RunsACommandFromAJsonBody) {
  EXPECT_EQ(post("/", R"(["SET","k","v\u00e9",  "EX", 100])").body, R"({"result":"OK"})");
  EXPECT_EQ(post("/", R"(["GET","k"])").body, "{\"result\":\"v\xC3\xA9\"}");
  EXPECT_EQ(call("PUT", "/", {}, R"(["TTL","k"])").body, R"({"result":100})");
  EXPECT_EQ(post("/", R"(["GET","nothing"])").body, R"({"result":null})");
  EXPECT_EQ(post("/", R"(["SET","n",9223372036854775806])").status, 200);
  EXPECT_EQ(post("/", R"(["INCR","n"])").body, R"({"result":9223372036854775807})");
  EXPECT_EQ(post("/", R"(["SET","b",true])").status, 200);
  EXPECT_EQ(get("/get/b").body, R"({"result":"true"})");
}

TEST_F(LocalServer, RunsACommandFromThePath) {
  EXPECT_EQ(get("/set/a%2Fb/x%20%00y/EX/50").body, R"({"result":"OK"})");
  EXPECT_EQ(post("/", R"(["GET","a/b"])").body, R"({"result":"x \u0000y"})");
  EXPECT_EQ(call("PUT", "/get/a%2Fb").status, 200);
  EXPECT_EQ(get("/rpush/l/1/2").body, R"({"result":2})");
  EXPECT_EQ(get("/lrange/l/0/-1").body, R"({"result":["1","2"]})");
}

TEST_F(LocalServer, TakesALongPath) {
  EXPECT_EQ(get("/set/k/" + std::string(1'000'000, 'x')).status, 200);
  EXPECT_EQ(get("/strlen/k").body, R"({"result":1000000})");
}

TEST_F(LocalServer, TakesARawBodyAndTheQueryAsArguments) {
  const std::string value = "\0\xFF\r\n\"[\x80"s;
  EXPECT_EQ(post("/set/k?EX=100&NX", value).body, R"({"result":"OK"})");
  EXPECT_EQ(post("/set/k?EX=100&NX", value).body, R"({"result":null})");
  EXPECT_EQ(get("/ttl/k").body, R"({"result":100})");
  EXPECT_EQ(get("/get/k", {base64}).body, R"({"result":"AP8NCiJbgA=="})");
  EXPECT_EQ(get("/get/k").body, "{\"result\":\"\\u0000\xEF\xBF\xBD\\r\\n\\\"[\xEF\xBF\xBD\"}");
  EXPECT_EQ(get("/get/k", {resp2}).body, "$7\r\n" + value + "\r\n");
}

TEST_F(LocalServer, AnswersInBase64) {
  EXPECT_EQ(get("/set/k/OK", {base64}).body, R"({"result":"OK"})");
  EXPECT_EQ(get("/get/k", {base64}).body, R"({"result":"T0s="})");
  EXPECT_EQ(get("/ping", {base64}).body, R"({"result":"UE9ORw=="})");
  EXPECT_EQ(get("/type/k", {base64}).body, R"({"result":"c3RyaW5n"})");
  EXPECT_EQ(get("/mget/k/none", {base64}).body, R"({"result":["T0s=",null]})");
  EXPECT_EQ(get("/incr/k", {base64}).body, R"({"error":"ERR value is not an integer or out of range"})");
}

TEST_F(LocalServer, AnswersInResp2) {
  const HttpReply set = get("/set/k/v", {resp2});
  EXPECT_EQ(set.body, "+OK\r\n");
  EXPECT_EQ(set.headers.at("content-type"), "application/octet-stream");
  EXPECT_EQ(get("/mget/k/none", {resp2}).body, "*2\r\n$1\r\nv\r\n$-1\r\n");
  const HttpReply failed = get("/incr/k", {resp2});
  EXPECT_EQ(failed.status, 400);
  EXPECT_EQ(failed.body, "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(
      post("/pipeline", R"([["GET","k"],["INCR","k"],["BLPOP","k",0],["STRLEN","k"]])", {resp2}).body,
      "*4\r\n$1\r\nv\r\n-ERR value is not an integer or out of range\r\n"
      "-ERR BLPOP is not available over REST: commands that block are not supported\r\n:1\r\n");
  EXPECT_EQ(post("/multi-exec", R"([["PING"]])", {resp2}).status, 400);
  EXPECT_EQ(get("/ping", {resp2, base64}).status, 400);
}

TEST_F(LocalServer, RunsPipelines) {
  const HttpReply reply =
      post("/pipeline", R"([["AUTH","x"],["SET","k",1],["INCR","k"],["HELLO"],["LPUSH","k","x"],["QUIT"]])");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      reply.body,
      R"([{"error":"ERR AUTH is not available over REST: requests share their connections to the database"},)"
      R"({"result":"OK"},{"result":2},)"
      R"({"error":"ERR HELLO is not available over REST: requests share their connections to the database"},)"
      R"({"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},)"
      R"({"error":"ERR QUIT is not available over REST: requests share their connections to the database"}])");
  EXPECT_EQ(post("/pipeline", R"([["GET","k"]])", {base64}).body, R"([{"result":"Mg=="}])");
  EXPECT_EQ(post("/pipeline", "[]").status, 400);
  EXPECT_EQ(get("/pipeline").status, 400);
}

TEST_F(LocalServer, RunsALongPipeline) {
  std::string body = "[";
  std::string expected = "[";
  for (int i = 1; i <= 20'000; ++i) {
    body += R"(["INCR","n"],)";
    expected += "{\"result\":" + std::to_string(i) + "},";
  }
  body.back() = ']';
  expected.back() = ']';
  EXPECT_EQ(post("/pipeline", body).body, expected);
}

TEST_F(LocalServer, RunsTransactions) {
  EXPECT_EQ(
      post("/multi-exec", R"([["SET","k",1],["LPUSH","k","x"],["INCR","k"],["PING"]])").body,
      R"([{"result":"OK"},{"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},)"
      R"({"result":2},{"result":"PONG"}])");
  EXPECT_EQ(
      post("/multi-exec", R"([["GET","k"],["SET","k","3"]])", {base64}).body,
      R"([{"result":"Mg=="},{"result":"OK"}])");
}

TEST_F(LocalServer, DiscardsABadTransactionAsAWhole) {
  for (const std::string_view body :
       {R"([["SET","k",1],["SET","k"]])", R"([["SET","k",1],["SELECT",1]])", R"([["SET","k",1],["EXEC"]])"}) {
    const HttpReply reply = post("/multi-exec", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_TRUE(
        reply.body.starts_with(R"({"error":"EXECABORT Transaction discarded because of previous errors.)"))
        << reply.body;
  }
  EXPECT_EQ(get("/exists/k").body, R"({"result":0})");
  EXPECT_EQ(post("/multi-exec", R"([["PING"]])").body, R"([{"result":"PONG"}])");
}

TEST_F(LocalServer, KeepsTransactionsApartFromOtherClients) {
  std::atomic<bool> done = false;
  std::thread other([&] {
    HttpConnection connection(server_.port());
    while (!done)
      connection.request("POST", "/pipeline", {authorized}, R"([["INCR","n"],["INCR","n"],["INCR","n"]])");
  });
  for (int i = 0; i < 300; ++i) {
    const std::string body = post("/multi-exec", R"([["INCR","n"],["INCR","n"],["INCR","n"]])").body;
    const long first = std::stol(body.substr(body.find(':') + 1));
    const std::string expected = "[{\"result\":" + std::to_string(first) +
                                 "},{\"result\":" + std::to_string(first + 1) +
                                 "},{\"result\":" + std::to_string(first + 2) + "}]";
    EXPECT_EQ(body, expected);
  }
  done = true;
  other.join();
}

TEST_F(LocalServer, AnswersMalformedRequestsAndKeepsTheConnection) {
  EXPECT_EQ(post("/", "[\"SET\",").status, 400);
  EXPECT_EQ(post("/", R"(["SET","k",null])").status, 400);
  EXPECT_EQ(post("/pipeline", R"([["PING"],7])").status, 400);
  EXPECT_EQ(get("/").status, 400);
  EXPECT_EQ(get("/nonsense").status, 400);
  EXPECT_EQ(get("/get").status, 400);
  EXPECT_EQ(get("/get/%").status, 400);
  EXPECT_EQ(call("DELETE", "/get/k").status, 405);
  EXPECT_EQ(connection_.request("GET", "/ping").status, 401);
  EXPECT_EQ(get("/ping").body, R"({"result":"PONG"})");
}

TEST_F(LocalServer, AllowsFourMethods) {
  for (const char* method : {"DELETE", "PATCH", "OPTIONS", "TRACE"}) {
    const HttpReply reply = call(method, "/get/k");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.headers.at("allow"), "HEAD, GET, POST, PUT");
    EXPECT_TRUE(reply.body.starts_with("{\"error\":")) << reply.body;
  }
  EXPECT_EQ(get("/set/k/value").status, 200);
  const HttpReply head = call("HEAD", "/get/k");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(R"({"result":"value"})"s.size()));
  EXPECT_EQ(get("/get/k").body, R"({"result":"value"})");
}

TEST_F(LocalServer, AsksForAToken) {
  const auto answer = [&](std::string_view path, const Strings& headers = {}) {
    const HttpReply reply = connection_.request("GET", path, headers);
    return std::to_string(reply.status) + reply.body;
  };
  const std::string unauthorized = R"(401{"error":"Unauthorized"})";
  const std::string wrong = R"(401{"error":"WRONGPASS invalid or missing auth token"})";
  const std::string good = R"(200{"result":"PONG"})";
  EXPECT_EQ(answer("/ping"), unauthorized);
  EXPECT_EQ(answer("/ping", {"Authorization: Bearer "}), unauthorized);
  EXPECT_EQ(answer("/ping", {"Authorization: Basic secret"}), unauthorized);
  EXPECT_EQ(answer("/ping", {"Authorization: Bearer secre"}), wrong);
  EXPECT_EQ(answer("/ping", {"Authorization: Bearer secrets"}), wrong);
  EXPECT_EQ(answer("/ping", {"Authorization: Bearer wrong1"}), wrong);
  EXPECT_EQ(answer("/ping?_token=wrong"), wrong);
  EXPECT_EQ(answer("/ping?_token=secret"), good);
  EXPECT_EQ(answer("/ping", {"authorization: bearer secret"}), good);
}

TEST_F(LocalServer, LetsTheReadOnlyTokenReadOnly) {
  const auto answer = [&](std::string_view body, std::string_view path = "/") {
    const HttpReply reply = connection_.request("POST", path, {"Authorization: Bearer reader"}, body);
    return std::to_string(reply.status) + reply.body;
  };
  EXPECT_EQ(get("/set/k/v").status, 200);
  EXPECT_EQ(answer(R"(["GET","k"])"), R"(200{"result":"v"})");
  EXPECT_EQ(answer(R"(["PING"])"), R"(200{"result":"PONG"})");
  EXPECT_EQ(answer(R"x(["EVAL_RO","return redis.call('GET',KEYS[1])",1,"k"])x"), R"(200{"result":"v"})");
  for (const std::string_view command :
       {R"(["SET","k","w"])",
        R"(["del","k"])",
        R"(["SCAN","0"])",
        R"(["KEYS","*"])",
        R"(["EVAL","return 1",0])",
        R"(["XGROUP","CREATE","s","g","0","MKSTREAM"])",
        R"(["FLUSHALL"])",
        R"(["CONFIG","SET","save",""])"}) {
    EXPECT_TRUE(answer(command).starts_with(R"(400{"error":"NOPERM )")) << command;
  }
  EXPECT_TRUE(answer(R"([["GET","k"],["SET","k","w"]])", "/pipeline")
                  .starts_with(R"(200[{"result":"v"},{"error":"NOPERM )"));
  EXPECT_TRUE(
      answer(R"([["GET","k"],["SET","k","w"]])", "/multi-exec").starts_with(R"(400{"error":"EXECABORT )"));
  EXPECT_EQ(get("/get/k").body, R"({"result":"v"})");
}

TEST_F(LocalServer, AdvancesTheSyncTokenWithEveryWrite) {
  const auto token = [](const HttpReply& reply) { return reply.headers.at("upstash-sync-token"); };
  const std::string first = token(get("/get/k"));
  EXPECT_EQ(token(get("/get/k")), first);
  const std::string second = token(get("/set/k/v"));
  EXPECT_NE(second, first);
  EXPECT_FALSE(token(get("/incr/k")).empty()) << "on an error too";
  const std::string third = token(post("/pipeline", R"([["SET","k",1],["GET","k"]])"));
  EXPECT_NE(third, second);
  EXPECT_NE(token(post("/multi-exec", R"([["SET","k",1]])")), third);
  for (const std::string& sent : {third, "nonsense"s, ""s}) {
    EXPECT_EQ(get("/get/k", {"Upstash-Sync-Token: " + sent}).body, R"({"result":"1"})");
  }
  EXPECT_FALSE(connection_.request("GET", "/get/k").headers.contains("upstash-sync-token"));
}

TEST_F(LocalServer, RefusesWhatRestDoesNotAllow) {
  for (const std::string_view command :
       {R"(["BLPOP","l",0])",
        R"(["SELECT",1])",
        R"(["MULTI"])",
        R"(["CLIENT","REPLY","OFF"])",
        R"(["MONITOR"])",
        R"(["XREAD","BLOCK",0,"STREAMS","s","$"])",
        R"(["WAIT",1,0])",
        R"(["SHUTDOWN"])",
        R"(["SUBSCRIBE","c"])"}) {
    const HttpReply reply = post("/", command);
    EXPECT_EQ(reply.status, 400) << command;
    EXPECT_NE(reply.body.find("not available"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(get("/publish/ch/m").body, R"({"result":0})");
  EXPECT_EQ(get("/ping").body, R"({"result":"PONG"})");
}

TEST_F(LocalServer, StandsCommandsWithOddNames) {
  for (const std::string_view command :
       {R"(["PMONITOR"])",
        R"(["monitor\r\n"])",
        R"(["subscribe\r\nx","c"])",
        R"(["",""])",
        R"(["\u0000"])",
        R"(["\n"])"}) {
    EXPECT_EQ(post("/", command).status, 400) << command;
    EXPECT_EQ(get("/ping").body, R"({"result":"PONG"})");
    EXPECT_EQ(get("/echo/x").body, R"({"result":"x"})");
  }
}

TEST_F(LocalServer, WritesNestedErrorsAsStrings) {
  EXPECT_EQ(
      post("/", R"x(["EVAL","return {1,{'a',redis.error_reply('MY err')}}",0])x").body,
      R"({"result":[1,["a","MY err"]]})");
}

TEST_F(LocalServer, SaysWhoHasACommandThatIsMissingHere) {
  const HttpReply reply = get("/search.query/i/q");
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.body.starts_with("{\"error\":\"ERR unknown command 'search.query'")) << reply.body;
  EXPECT_TRUE(reply.body.ends_with(" (only the hosted service has it)\"}")) << reply.body;
  const HttpReply subcommand = get("/acl/gentoken/ann");
  EXPECT_TRUE(subcommand.body.ends_with(" (only the hosted service has it)\"}")) << subcommand.body;
}

TEST_F(LocalServer, ClosesAfterABodyThatItDoesNotRead) {
  const HttpReply reply = call("GET", "/ping", {}, "body");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("connection"), "close");
}

TEST_F(LocalServer, SurvivesClientsThatLeave) {
  for (int i = 0; i < 50; ++i) {
    HttpConnection leaving(server_.port());
    leaving.send(request_text("GET", "/ping", {authorized}, {}));
    if (i % 2 == 0) leaving.send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n[");
  }
  EXPECT_EQ(get("/ping").status, 200);
}

TEST_F(LocalServer, AnswersPipelinedHttpRequestsInOrder) {
  std::string requests;
  for (int i = 0; i < 100; ++i)
    requests += request_text("GET", "/echo/" + std::to_string(i), {authorized}, {});
  connection_.send(requests);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(connection_.read_reply().body, "{\"result\":\"" + std::to_string(i) + "\"}");
  }
}

TEST_F(LocalServer, TakesAChunkedBody) {
  connection_.send(
      "POST / HTTP/1.1\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n[\"PIN\r\n3\r\nG\"]\r\n0\r\n\r\n");
  EXPECT_EQ(connection_.read_reply().body, R"({"result":"PONG"})");
}

TEST_F(LocalServer, RefusesARequestOverTheLimit) {
  const HttpReply reply = post("/set/k", std::string(10 * 1024 * 1024 + 1, 'x'));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(
      reply.body,
      R"({"error":"ERR max request size exceeded. Limit: 10485760 bytes, Actual: 10485761 bytes"})");
  EXPECT_EQ(post("/set/k", std::string(10 * 1024 * 1024, 'x')).status, 200);
  EXPECT_EQ(get("/strlen/k").body, R"({"result":10485760})");
}

TEST(LocalServerProcess, CarriesBigValues) {
  RunningServer server({"--max-request-bytes", "110000000"});
  HttpConnection connection(server.port());
  std::string value(100'000'000, '\0');
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31 % 251);
  EXPECT_EQ(connection.request("POST", "/set/k", {authorized}, value).body, R"({"result":"OK"})");
  const HttpReply reply = connection.request("GET", "/get/k", {authorized, resp2});
  EXPECT_TRUE(reply.body == "$100000000\r\n" + value + "\r\n");
}

TEST(LocalServerProcess, MakesUpATokenUnlessGivenOne) {
  Strings tokens;
  for (int i = 0; i < 2; ++i) {
    Process server(with_program({"--port=0"}));
    EXPECT_TRUE(server.read_line().value_or("").starts_with(url_line));
    tokens.push_back(server.read_line().value_or(""));
    EXPECT_TRUE(tokens.back().starts_with(token_line));
    EXPECT_GT(tokens.back().size(), token_line.size() + 30);
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(), 0);
    EXPECT_EQ(server.read_line(), std::nullopt) << "stdout is for the two lines only";
  }
  EXPECT_NE(tokens[0], tokens[1]);
}

TEST(LocalServerProcess, EndsCleanlyBySignal) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    RunningServer server;
    const pid_t redis = server.redis();
    EXPECT_FALSE(std::filesystem::is_empty(server.folder().path()));
    server.process().signal(signal);
    EXPECT_EQ(server.process().wait(), 0);
    EXPECT_TRUE(ends_soon(redis));
    EXPECT_TRUE(std::filesystem::is_empty(server.folder().path())) << "the temporary folder is still there";
  }
}

TEST(LocalServerProcess, TakesItsRedisAlongWhenKilled) {
  RunningServer server;
  const pid_t redis = server.redis();
  server.process().signal(SIGKILL);
  EXPECT_EQ(server.process().wait(), -SIGKILL);
  EXPECT_TRUE(ends_soon(redis));
}

TEST(LocalServerProcess, RemovesTheFolderOfOneThatWasKilled) {
  ScratchFolder folder;
  const Strings environment{"TMPDIR=" + folder.path().string()};
  const auto count = [&] {
    const std::filesystem::directory_iterator folders(folder.path());
    return std::distance(begin(folders), end(folders));
  };
  RunningServer running({}, environment);
  RunningServer killed({}, environment);
  EXPECT_EQ(count(), 2);
  const pid_t redis = killed.redis();
  killed.process().signal(SIGKILL);
  EXPECT_EQ(killed.process().wait(), -SIGKILL);
  EXPECT_TRUE(ends_soon(redis));
  EXPECT_EQ(count(), 2);
  RunningServer next({}, environment);
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(HttpConnection(running.port()).request("GET", "/ping", {authorized}).status, 200);
}

TEST(LocalServerProcess, WorksWithALauncherScript) {
  ScratchFolder folder;
  const std::string script = folder.write_script("launcher", "exec " + redis_server() + " \"$@\"");
  RunningServer server({"--redis-server", script});
  EXPECT_EQ(HttpConnection(server.port()).request("GET", "/ping", {authorized}).status, 200);
  const pid_t redis = server.redis();
  server.process().signal(SIGKILL);
  EXPECT_TRUE(ends_soon(redis));
}

TEST(LocalServerProcess, EndsALauncherThatStaysAndItsServer) {
  ScratchFolder folder;
  const std::string script = folder.write_script("launcher", redis_server() + " \"$@\"");
  RunningServer server({}, {"UPSTASH_LOCAL_REDIS_SERVER=" + script});
  EXPECT_EQ(HttpConnection(server.port()).request("GET", "/ping", {authorized}).status, 200);
  const pid_t redis = children_of(server.redis()).at(0);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_TRUE(ends_soon(redis));
}

TEST(LocalServerProcess, KeepsDataInAFolder) {
  ScratchFolder folder;
  const std::string data = folder.path() / "data";
  for (int run = 1; run <= 2; ++run) {
    RunningServer server({"--dir", data});
    const HttpReply reply = HttpConnection(server.port()).request("GET", "/incr/runs", {authorized});
    EXPECT_EQ(reply.body, "{\"result\":" + std::to_string(run) + "}");
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait(), 0);
  }
}

struct Failure {
  int code;
  std::string errors;
};

Failure failure_of(const Strings& arguments, const Strings& environment = {}) {
  Process server(with_program(arguments), environment);
  EXPECT_EQ(server.read_line(), std::nullopt);
  const std::string errors = server.read_errors();
  return {server.wait(), errors};
}

TEST(LocalServerProcess, SaysWhatToInstallWithoutARedisServer) {
  const Failure failure = failure_of({"--port", "0"}, {"PATH=/nowhere", "UPSTASH_LOCAL_REDIS_SERVER="});
  EXPECT_EQ(failure.code, 1);
  EXPECT_NE(failure.errors.find("apt install redis-server"), std::string::npos) << failure.errors;
  EXPECT_NE(
      failure_of({"--port", "0", "--redis-server", "/nowhere/redis"}).errors.find("/nowhere/redis"),
      std::string::npos);
}

TEST(LocalServerProcess, SaysThatTheRedisServerEndedAtOnce) {
  ScratchFolder folder;
  const std::string script = folder.write_script("broken", "echo no luck today >&2; exit 3");
  const Failure failure = failure_of({"--port", "0", "--redis-server", script});
  EXPECT_EQ(failure.code, 1);
  EXPECT_NE(failure.errors.find("no luck today"), std::string::npos) << failure.errors;
  EXPECT_NE(failure.errors.find("ended with exit code 3 before it was ready"), std::string::npos)
      << failure.errors;
}

TEST(LocalServerProcess, SaysThatThePortIsTaken) {
  RunningServer server;
  const Failure failure = failure_of({"--port", std::to_string(server.port())});
  EXPECT_EQ(failure.code, 1);
  EXPECT_NE(failure.errors.find("--port 0"), std::string::npos) << failure.errors;
}

TEST(LocalServerProcess, SaysWhatOptionsAreAllowed) {
  const Failure failure = failure_of({"--nope"});
  EXPECT_EQ(failure.code, 2);
  EXPECT_NE(failure.errors.find("unknown option '--nope'; allowed are --port"), std::string::npos);
}

TEST(LocalServerProcess, PrintsItsVersionAndHelp) {
  Process version(with_program({"--version"}));
  EXPECT_EQ(version.read_line(), "upstash-redis-local " UPSTASH_LOCAL_VERSION);
  EXPECT_EQ(version.wait(), 0);
  Process help(with_program({"--help"}));
  EXPECT_EQ(help.read_line(), "Usage: upstash-redis-local [options]");
  EXPECT_EQ(help.wait(), 0);
}

TEST(LocalServerProcess, AnswersWithAnErrorOnceItsRedisIsGone) {
  RunningServer server;
  const pid_t redis = server.redis();
  HttpConnection waiting(server.port());
  HttpConnection pipeline(server.port());
  HttpConnection transaction(server.port());
  HttpConnection other(server.port());
  // A backend that takes commands but does not answer any more keeps them in flight.
  kill(redis, SIGSTOP);
  waiting.send(request_text("GET", "/get/k", {authorized}, {}));
  pipeline.send(request_text("POST", "/pipeline", {authorized}, R"([["GET","k"],["AUTH"],["GET","k"]])"));
  transaction.send(request_text("POST", "/multi-exec", {authorized}, R"([["GET","k"]])"));
  // Answered without the backend, and after the others were read.
  EXPECT_EQ(other.request("GET", "/ping").status, 401);
  kill(redis, SIGKILL);
  for (HttpConnection* connection : {&waiting, &pipeline, &transaction}) {
    const HttpReply reply = connection->read_reply();
    EXPECT_EQ(reply.status, 503);
    EXPECT_TRUE(reply.body.starts_with(R"({"error":"ERR the backend is not available: )")) << reply.body;
  }
  // The socket closes a moment before the process is known to have ended.
  HttpReply later;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do {
    later = other.request("GET", "/ping", {authorized});
    EXPECT_EQ(later.status, 503);
  } while (later.body.find("killed by signal 9") == std::string::npos &&
           std::chrono::steady_clock::now() < deadline);
  EXPECT_NE(later.body.find("restart upstash-redis-local"), std::string::npos) << later.body;
  EXPECT_EQ(other.request("POST", "/multi-exec", {authorized}, R"([["PING"]])").status, 503);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
}

TEST(LocalServerProcess, AnswersRequestsInFlightWhenItEnds) {
  RunningServer server;
  HttpConnection waiting(server.port());
  HttpConnection other(server.port());
  kill(server.redis(), SIGSTOP);
  waiting.send(request_text("GET", "/get/k", {authorized}, {}));
  EXPECT_EQ(other.request("GET", "/ping").status, 401);
  kill(server.redis(), SIGCONT);
  server.process().signal(SIGTERM);
  const int status = waiting.read_reply().status;
  EXPECT_TRUE(status == 200 || status == 503) << status;
  EXPECT_EQ(server.process().wait(), 0);
}

// A redis-server that the server under test uses but did not start.
class LocalServerWithExternalRedis : public testing::Test {
 protected:
  std::string socket() const { return folder_.path() / "s"; }

  ScratchFolder folder_;
};

TEST_F(LocalServerWithExternalRedis, ComesBackWithTheBackend) {
  std::unique_ptr<Process> redis = start_redis(socket());
  RunningServer server({"--redis-url", "unix:" + socket()});
  HttpConnection connection(server.port());
  EXPECT_EQ(connection.request("GET", "/ping", {authorized}).status, 200);

  redis.reset();
  int status = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto wait_for = [&](int wanted) {
    do {
      status = connection.request("POST", "/multi-exec", {authorized}, R"([["PING"]])").status;
      if (status == wanted) status = connection.request("GET", "/ping", {authorized}).status;
    } while (status != wanted && std::chrono::steady_clock::now() < deadline);
    return status;
  };
  EXPECT_EQ(wait_for(503), 503);
  redis = start_redis(socket());
  EXPECT_EQ(wait_for(200), 200);
}

TEST_F(LocalServerWithExternalRedis, LogsInAndTakesTheDatabase) {
  // TCP, because a unix: URL carries neither; the port is one that was free a moment ago.
  const int port = [] {
    RunningServer once;
    return once.port();
  }();
  const std::unique_ptr<Process> redis =
      start_redis(socket(), {"--port", std::to_string(port), "--requirepass", "pass", "--bind", "127.0.0.1"});
  const std::string host = "127.0.0.1:" + std::to_string(port);
  RunningServer third({"--redis-url", "redis://:pass@" + host + "/3"});
  RunningServer first({"--redis-url", "redis://default:pass@" + host});
  HttpConnection(third.port()).request("GET", "/set/k/v", {authorized});
  EXPECT_EQ(HttpConnection(third.port()).request("GET", "/dbsize", {authorized}).body, R"({"result":1})");
  EXPECT_EQ(HttpConnection(first.port()).request("GET", "/dbsize", {authorized}).body, R"({"result":0})");
  EXPECT_EQ(
      HttpConnection(third.port()).request("POST", "/multi-exec", {authorized}, R"([["DBSIZE"]])").body,
      R"([{"result":1}])");
  EventStreamClient stream(third.port(), "/subscribe/ch");
  EXPECT_EQ(stream.read_event(), "data: subscribe,ch,1");
}

}  // namespace
}  // namespace upstash::test
