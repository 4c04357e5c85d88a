#include "../support/scripted_server.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace upstash::test {
namespace {

using namespace std::string_view_literals;

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};

// A plain blocking socket, so that a test sees the bytes, the FIN and the RST themselves.
class Client {
 public:
  explicit Client(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    // Only so that a broken server ends the test instead of hanging it.
    const timeval longest{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      connect_error_ = errno;
  }
  explicit Client(const ScriptedServer& server) : Client(server.port()) {}
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  int connect_error() const { return connect_error_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(size, 0);
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  void send_request(std::string_view body, std::string_view target = "/"sv) {
    std::string request = "POST ";
    request.append(target).append(" HTTP/1.1\r\nContent-Length: ").append(std::to_string(body.size()));
    send(request.append("\r\n\r\n").append(body));
  }

  /// What recv() of one byte makes of the connection: "data", "end" (FIN), "reset", "nothing" (yet).
  std::string state(int flags = 0) {
    char byte = 0;
    const ssize_t size = ::recv(fd_, &byte, 1, MSG_PEEK | flags);
    if (size > 0) return "data";
    if (size == 0) return "end";
    return errno == ECONNRESET ? "reset" : errno == EAGAIN ? "nothing" : "error " + std::to_string(errno);
  }
  std::string state_now() { return state(MSG_DONTWAIT); }

  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), size, MSG_WAITALL);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  std::string read_to_end() {
    std::string bytes;
    for (std::string more = read(1); !more.empty(); more = read(1)) bytes += more;
    return bytes;
  }

  std::string read_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      const std::string byte = read(1);
      if (byte.empty()) {
        ADD_FAILURE() << "the reply ends in its head: " << head;
        break;
      }
      head += byte;
    }
    return head;
  }

  Reply read_reply() {
    Reply reply;
    reply.head = read_head();
    if (reply.head.size() > 12) reply.status = std::atoi(reply.head.c_str() + 9);
    if (const auto at = reply.head.find("Content-Length: "); at != std::string::npos) {
      const auto size = std::strtoul(reply.head.c_str() + at + 16, nullptr, 10);
      reply.body = read(size);
      EXPECT_EQ(reply.body.size(), size) << "the body is cut off";
    }
    return reply;
  }

  Reply exchange(std::string_view body, std::string_view target = "/"sv) {
    send_request(body, target);
    return read_reply();
  }

 private:
  int fd_;
  int connect_error_ = 0;
};

TEST(ScriptedServerTest, RecordsWhatItReceives) {
  ScriptedServer server;
  server.enqueue(answer_json("null"));
  Client client(server);
  client.send(
      "PUT /set/k?EX=1 HTTP/1.1\r\nHost: h\r\nX-Thing:  some value \r\nContent-Length: 5\r\n\r\na\0\r\nb"sv);
  client.read_reply();

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "PUT");
  EXPECT_EQ(requests[0].target, "/set/k?EX=1");
  EXPECT_EQ(requests[0].headers.size(), 3U);
  EXPECT_EQ(requests[0].header("x-THING"), "some value");
  EXPECT_EQ(requests[0].header("X-Thin"), "");
  EXPECT_EQ(requests[0].body, "a\0\r\nb"sv);
  EXPECT_EQ(requests[0].connection, 0);
}

TEST(ScriptedServerTest, AnswersWithStatusHeadersAndBody) {
  ScriptedServer server;
  server.enqueue(answer(400, "no", {{"X-One", "1"}, {"Content-Type", "text/html"}}));
  server.enqueue(answer(200, "{}"));
  Client client(server);

  const auto refused = client.exchange("");
  EXPECT_EQ(
      refused.head, "HTTP/1.1 400 Error\r\nX-One: 1\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(refused.body, "no");
  EXPECT_EQ(
      client.exchange("").head,
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
}

TEST(ScriptedServerTest, FollowsTheScriptThenTheDefaultElseSaysSo) {
  ScriptedServer server;
  server.enqueue(answer_json("1"));
  server.enqueue(answer_json("\"two\""));
  Client client(server);
  EXPECT_EQ(client.exchange("").body, R"({"result":1})");
  EXPECT_EQ(client.exchange("").body, R"({"result":"two"})");
  const auto unscripted = client.exchange("");
  EXPECT_EQ(unscripted.status, 500);
  EXPECT_EQ(unscripted.body, "ScriptedServer: the script is at its end and there is no default");
  EXPECT_EQ(client.state_now(), "nothing") << "the connection stays open";

  server.set_default(answer_json("3"));
  server.enqueue(answer_json("4"));
  Client other(server);
  EXPECT_EQ(other.exchange("").body, R"({"result":4})");
  EXPECT_EQ(other.exchange("").body, R"({"result":3})");
  EXPECT_EQ(other.exchange("").body, R"({"result":3})");
}

TEST(ScriptedServerTest, KeepsConnectionsOpenAndNumbersThem) {
  ScriptedServer server;
  server.set_default(answer_json("null"));
  EXPECT_EQ(server.connections_accepted(), 0U);
  Client first(server);
  first.exchange("a");
  Client second(server);
  second.exchange("b");
  first.exchange("c");

  EXPECT_EQ(server.connections_accepted(), 2U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].connection, 0);
  EXPECT_EQ(requests[1].connection, 1);
  EXPECT_EQ(requests[2].connection, 0);
  EXPECT_EQ(requests[2].body, "c");
}

TEST(ScriptedServerTest, ReadsRequestsThatComeInPieces) {
  ScriptedServer server;
  server.set_default(answer_json("null"));
  Client client(server);
  for (const char byte : "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"sv) {
    client.send({&byte, 1});
    // Another client's turn, so that the server surely sees the bytes one at a time.
    Client(server).exchange("");
  }
  EXPECT_EQ(client.read_reply().status, 200);
  const auto requests = server.requests();
  EXPECT_TRUE(std::any_of(requests.begin(), requests.end(), [](const auto& r) { return r.body == "abc"; }));
}

TEST(ScriptedServerTest, ServesRequestsThatComeTogetherOneByOne) {
  ScriptedServer server;
  server.enqueue(answer_json("1"));
  server.enqueue(stall(answer_json("2")));
  server.enqueue(answer_json("3"));
  Client client(server);
  client.send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read_reply().body, R"({"result":1})");
  server.wait_for_requests(2);
  EXPECT_EQ(server.requests().size(), 2U) << "the third must wait for its turn";
  server.release();
  EXPECT_EQ(client.read_reply().body, R"({"result":2})");
  EXPECT_EQ(client.read_reply().body, R"({"result":3})");
  EXPECT_EQ(server.requests().at(2).target, "/c");
}

TEST(ScriptedServerTest, TakesAndGivesBigBodies) {
  ScriptedServer server;
  std::string big(8 << 20, 'x');
  big += "end";
  server.enqueue(answer(200, big));
  Client client(server);
  EXPECT_TRUE(client.exchange(big).body == big);
  EXPECT_TRUE(server.requests()[0].body == big);
}

TEST(ScriptedServerTest, ServesManyConnectionsAtOnce) {
  ScriptedServer server;
  server.set_default(respond([](const RecordedRequest& request) { return answer(200, request.body); }));
  std::deque<Client> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(server).send_request(std::to_string(i));
  for (int i = 199; i >= 0; --i)
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].read_reply().body, std::to_string(i));
  EXPECT_EQ(server.connections_accepted(), 200U);
}

// The client that has read everything must find the connection closed, every time.
TEST(ScriptedServerTest, AnswerAndCloseLeavesAStaleConnection) {
  ScriptedServer server;
  server.set_default(answer_and_close(200, R"({"result":1})"));
  for (int round = 0; round < 300; ++round) {
    Client client(server);
    const auto reply = client.exchange("");
    ASSERT_EQ(reply.body, R"({"result":1})");
    ASSERT_EQ(reply.head.find("Connection"), std::string::npos) << "announced";
    ASSERT_EQ(client.state_now(), "end") << "round " << round;
  }
}

TEST(ScriptedServerTest, CutsOffTheBody) {
  ScriptedServer server;
  server.enqueue(cut_off("0123456789", 4));
  server.enqueue(cut_off("0123456789", 0));
  server.enqueue(cut_off("0123456789", 99));
  for (const auto expected : {"0123"sv, ""sv, "0123456789"sv}) {
    Client client(server);
    client.send_request("");
    EXPECT_NE(client.read_head().find("Content-Length: 10\r\n"), std::string::npos);
    EXPECT_EQ(client.read_to_end(), expected);
    EXPECT_EQ(client.state(), "end");
  }
}

TEST(ScriptedServerTest, ClosesWithoutReply) {
  ScriptedServer server;
  server.enqueue(close_without_reply());
  Client client(server);
  client.send_request("body");
  EXPECT_EQ(client.state(), "end");
  EXPECT_EQ(server.requests().at(0).body, "body");
}

TEST(ScriptedServerTest, Resets) {
  ScriptedServer server;
  server.enqueue(reset());
  Client client(server);
  client.send_request("body");
  EXPECT_EQ(client.state(), "reset");
  EXPECT_EQ(server.requests().at(0).body, "body");
}

TEST(ScriptedServerTest, StallsUntilReleased) {
  ScriptedServer server;
  server.enqueue(stall());
  server.enqueue(stall(answer_json("7")));
  server.set_default(answer_json("1"));
  Client stalled(server);
  Client other(server);
  stalled.send_request("a");
  server.wait_for_requests(1);
  other.send_request("b");
  server.wait_for_requests(2);
  Client(server).exchange("served meanwhile");
  EXPECT_EQ(stalled.state_now(), "nothing");
  EXPECT_EQ(other.state_now(), "nothing");

  server.release();
  EXPECT_EQ(stalled.read_reply().body, R"({"result":null})");
  EXPECT_EQ(other.read_reply().body, R"({"result":7})");
  EXPECT_EQ(stalled.exchange("the connection goes on").body, R"({"result":1})");
  server.release();
  EXPECT_EQ(stalled.state_now(), "nothing");
}

TEST(ScriptedServerTest, StallsUntilDestroyed) {
  auto server = std::make_unique<ScriptedServer>();
  server->enqueue(stall());
  Client stalled(*server);
  stalled.send_request("");
  server->wait_for_requests(1);
  Client idle(*server);
  EXPECT_EQ(stalled.state_now(), "nothing");
  server.reset();
  EXPECT_EQ(stalled.state_now(), "end");
  EXPECT_NE(idle.state_now(), "nothing");
}

TEST(ScriptedServerTest, ForgetsAStalledClientThatLeaves) {
  ScriptedServer server;
  server.enqueue(stall());
  {
    Client client(server);
    client.send_request("");
    server.wait_for_requests(1);
  }
  server.release();
  server.set_default(answer_json("1"));
  EXPECT_EQ(Client(server).exchange("").status, 200);
}

TEST(ScriptedServerTest, HoldsAStreamOpen) {
  ScriptedServer server;
  server.enqueue(
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: subscribe,c,1\n\n",
       .then = Action::Then::hold,
       .compute = {}});
  server.set_default(answer_json("1"));
  Client client(server);
  client.send_request("");
  client.read_head();
  EXPECT_EQ(client.read(21), "data: subscribe,c,1\n\n");
  Client(server).exchange("");
  EXPECT_EQ(client.state_now(), "nothing");
  server.release();
  EXPECT_EQ(client.state_now(), "nothing");
  server.close_idle_connections();
  EXPECT_EQ(client.state_now(), "end");
}

TEST(ScriptedServerTest, SendsRawBytes) {
  ScriptedServer server;
  server.enqueue(raw("HTTP/9 what"));
  server.enqueue(raw(std::string("a\0b", 3)));
  for (const auto expected : {"HTTP/9 what"sv, "a\0b"sv}) {
    Client client(server);
    client.send_request("");
    EXPECT_EQ(client.read_to_end(), expected);
  }
}

TEST(ScriptedServerTest, SendsChunks) {
  ScriptedServer server;
  server.enqueue(chunked({"hello, world!", "", std::string(300, 'x')}, {{"X-One", "1"}}));
  server.enqueue(answer_json("1"));
  Client client(server);
  client.send_request("");
  const std::string head = client.read_head();
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(head.find("X-One: 1\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const std::string body = "d\r\nhello, world!\r\n12c\r\n" + std::string(300, 'x') + "\r\n0\r\n\r\n";
  EXPECT_EQ(client.read(body.size()), body);
  EXPECT_EQ(client.exchange("").status, 200);
}

TEST(ScriptedServerTest, ComputesTheActionFromTheRequest) {
  ScriptedServer server;
  server.set_default(respond([](const RecordedRequest& request) {
    if (request.target == "/close") return close_without_reply();
    if (request.target == "/fail") throw std::runtime_error("the test's own mistake");
    if (request.target == "/again")
      return respond([](const RecordedRequest& r) { return answer(200, r.method); });
    return answer(200, request.body + "!");
  }));
  Client client(server);
  EXPECT_EQ(client.exchange("hello").body, "hello!");
  EXPECT_EQ(client.exchange("", "/again").body, "POST");
  const auto failed = client.exchange("", "/fail");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.body, "ScriptedServer: the test's own mistake");
  Client other(server);
  other.send_request("", "/close");
  EXPECT_EQ(other.state(), "end");
}

TEST(ScriptedServerTest, LetsTheFunctionUseTheServer) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("5")));
  server.enqueue(respond([&](const RecordedRequest&) {
    server.release();
    server.enqueue(answer_json(std::to_string(server.requests().size())));
    server.stop_listening();
    return answer_json("1");
  }));
  server.enqueue(respond([&](const RecordedRequest&) {
    server.close_idle_connections();
    return answer_json("never seen");
  }));
  Client stalled(server);
  stalled.send_request("");
  server.wait_for_requests(1);
  Client client(server);
  EXPECT_EQ(client.exchange("").body, R"({"result":1})");
  EXPECT_EQ(stalled.read_reply().body, R"({"result":5})");
  EXPECT_EQ(Client(server.port()).connect_error(), ECONNREFUSED);
  client.send_request("");
  EXPECT_EQ(client.state(), "end");
  EXPECT_EQ(stalled.state(), "end");
}

TEST(ScriptedServerTest, WaitsForRequests) {
  ScriptedServer server;
  server.set_default(answer_json("null"));
  server.wait_for_requests(0);
  std::thread sender([&] {
    Client client(server);
    for (int i = 0; i < 3; ++i) client.exchange("");
  });
  server.wait_for_requests(3);
  EXPECT_EQ(server.requests().size(), 3U);
  sender.join();
  try {
    server.wait_for_requests(5, std::chrono::milliseconds(20));
    FAIL() << "did not throw";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "ScriptedServer: waited 20 ms for 5 requests, saw 3");
  }
}

TEST(ScriptedServerTest, ClosesOpenConnections) {
  ScriptedServer server;
  server.enqueue(answer_json("1"));
  server.enqueue(stall());
  server.enqueue(answer_json("2"));
  Client idle(server);
  idle.exchange("");
  Client busy(server);
  busy.send_request("");
  server.wait_for_requests(2);
  EXPECT_EQ(idle.state_now(), "nothing");

  server.close_idle_connections();
  EXPECT_EQ(idle.state_now(), "end");
  EXPECT_EQ(busy.state_now(), "end");
  EXPECT_EQ(Client(server).exchange("").body, R"({"result":2})");
}

// A forked child holds copies of every socket, which must keep nothing open.
TEST(ScriptedServerTest, ClosesAndStopsListeningDespiteAForkedChild) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  Client client(server);
  client.exchange("");
  std::array<int, 2> until_closed{};
  ASSERT_EQ(::pipe(until_closed.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::close(until_closed[1]);
    _exit(::read(until_closed[0], &byte, 1) == 0 ? 0 : 1);
  }
  server.close_idle_connections();
  EXPECT_EQ(client.state_now(), "end");
  server.stop_listening();
  EXPECT_EQ(Client(server).connect_error(), ECONNREFUSED);
  server.listen_again();
  EXPECT_EQ(Client(server).exchange("").status, 200);
  ::close(until_closed[0]);
  ::close(until_closed[1]);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(ScriptedServerTest, StopsAndStartsListening) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  const int port = server.port();
  Client before(server);
  before.exchange("");
  for (int round = 0; round < 3; ++round) {
    server.stop_listening();
    server.stop_listening();
    EXPECT_EQ(Client(port).connect_error(), ECONNREFUSED);
    EXPECT_EQ(before.exchange("").status, 200) << "an open connection stays";
    server.listen_again();
    server.listen_again();
    EXPECT_EQ(Client(port).exchange("").status, 200);
  }
  EXPECT_EQ(server.port(), port);
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(port));
}

TEST(ScriptedServerTest, RefusedPortRefuses) {
  const ScriptedServer server;
  EXPECT_NE(refused_port(), server.port());
  EXPECT_EQ(Client(refused_port()).connect_error(), ECONNREFUSED);
  EXPECT_GT(refused_port(), 0);
}

TEST(ScriptedServerTest, WaitsForASlowReader) {
  ScriptedServer server;
  const std::string big(32 << 20, 'x');  // more than the socket buffers hold
  server.enqueue(answer_and_close(200, big));
  server.set_default(answer_json("1"));
  Client slow(server);
  slow.send_request("");
  server.wait_for_requests(1);
  Client(server).exchange("served meanwhile");
  server.release();  // is none of its business
  EXPECT_TRUE(slow.read_reply().body == big);
  EXPECT_EQ(slow.state(), "end");
}

TEST(ScriptedServerTest, ReleasesOnlyOnceFromWithinARelease) {
  ScriptedServer server;
  server.enqueue(stall(respond([&](const RecordedRequest&) {
    server.release();
    return answer_and_close(200, "1");
  })));
  Client client(server);
  client.send_request("");
  server.wait_for_requests(1);
  server.release();
  EXPECT_EQ(client.read_reply().body, "1");
  EXPECT_EQ(client.state(), "end");
}

// The first piece of the reply meets a closed socket, the next one would raise SIGPIPE.
TEST(ScriptedServerTest, SurvivesAClientThatLeavesBeforeTheReply) {
  ScriptedServer server;
  auto client = std::make_unique<Client>(server);
  std::promise<void> sent;
  server.enqueue(respond([&](const RecordedRequest&) {
    sent.get_future().wait();
    client.reset();
    return answer(200, std::string(32 << 20, 'x'));
  }));
  server.set_default(answer_json("1"));
  client->send_request("");
  sent.set_value();
  server.wait_for_requests(1);
  EXPECT_EQ(Client(server).exchange("").status, 200);
}

TEST(ScriptedServerTest, SurvivesAClientThatLeavesInTheMiddleOfAReply) {
  ScriptedServer server;
  server.enqueue(answer(200, std::string(16 << 20, 'x')));
  server.set_default(answer_json("1"));
  {
    Client client(server);
    client.send_request("");
    client.read(1000);
  }
  EXPECT_EQ(Client(server).exchange("").status, 200);
}

TEST(ScriptedServerTest, SendsContinueToAClientThatWaitsForIt) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  Client client(server);
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(server.requests().empty());
  client.send("bo");
  Client(server).exchange("so that the body comes in two pieces");
  client.send("dy");
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_EQ(server.requests().at(1).body, "body");

  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(ScriptedServerTest, AnswersAHalfClosedClient) {
  ScriptedServer server;
  server.enqueue(answer_json("1"));
  Client client(server);
  client.send_request("");
  client.finish_sending();
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_EQ(client.state(), "end");
}

TEST(ScriptedServerTest, RefusesWhatIsNoRequest) {
  ScriptedServer server;
  for (const auto bytes :
       {"\x16\x03\x01 a TLS hello"sv,
        "GET\r\n\r\n"sv,
        "GET / HTTP/1.0\r\n\r\n"sv,
        "GET / HTTP/1.1\r\nno colon\r\n\r\n"sv,
        "POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n"sv,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"sv}) {
    Client client(server);
    client.send(bytes);
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 400) << bytes;
    EXPECT_TRUE(reply.body.starts_with("ScriptedServer: ")) << reply.body;
    EXPECT_EQ(client.state(), "end");
  }
  EXPECT_TRUE(server.requests().empty());
}

// The client the server is meant for.
TEST(ScriptedServerTest, SpeaksWithLibcurl) {
  ScriptedServer server;
  server.enqueue(answer(200, "one"));
  server.enqueue(chunked({"tw", "o"}));
  server.enqueue(answer_and_close(200, "three"));
  server.enqueue(cut_off("four", 2));
  server.enqueue(close_without_reply());
  server.enqueue(reset());

  curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  const std::string body(2 << 20, 'x');
  const auto perform = [&](std::string& reply) {
    reply.clear();
    const auto append = +[](char* data, std::size_t, std::size_t size, void* target) {
      static_cast<std::string*>(target)->append(data, size);
      return size;
    };
    const std::string url = server.url() + "/pipeline";
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply);
    return curl_easy_perform(curl.get());
  };
  std::string reply;
  EXPECT_EQ(perform(reply), CURLE_OK);
  EXPECT_EQ(reply, "one");
  EXPECT_EQ(perform(reply), CURLE_OK);
  EXPECT_EQ(reply, "two");
  EXPECT_EQ(perform(reply), CURLE_OK);
  EXPECT_EQ(reply, "three");
  EXPECT_EQ(perform(reply), CURLE_PARTIAL_FILE);
  EXPECT_EQ(reply, "fo");
  EXPECT_EQ(perform(reply), CURLE_GOT_NOTHING);
  EXPECT_EQ(perform(reply), CURLE_RECV_ERROR);

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 6U);
  std::vector<int> connections;
  for (const auto& request : requests) {
    EXPECT_EQ(request.target, "/pipeline");
    EXPECT_TRUE(request.body == body);
    connections.push_back(request.connection);
  }
  EXPECT_EQ(connections, (std::vector<int>{0, 0, 0, 1, 2, 3}));
}

}  // namespace
}  // namespace upstash::test
