#pragma once

#include <async.h>
#include <hiredis.h>

#include <functional>
#include <string>

#include "backend_address.hpp"
#include "command_list.hpp"
#include "event_handles.hpp"

namespace upstash::local {

// Gets the replies to the commands it sent, in order.
class ReplyReceiver {
 public:
  // nullptr: the connection was lost, the command may or may not have been executed.
  virtual void receive(const redisReply* reply) = 0;

 protected:
  ~ReplyReceiver() = default;
};

// One connection to the redis-server, made again whenever it is lost.
class BackendConnection {
 public:
  // The COMMAND reply of a backend that has just become ready.
  using CommandsCallback = std::function<void(const redisReply&)>;

  BackendConnection(event_base* base, const BackendAddress& address, CommandsCallback on_commands = nullptr);
  ~BackendConnection();
  BackendConnection(const BackendConnection&) = delete;
  BackendConnection& operator=(const BackendConnection&) = delete;

  [[nodiscard]] bool is_ready() const { return ready_; }

  // Why it is not ready.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  // Only while ready. The receiver must live until it has its reply.
  void send(Arguments command, ReplyReceiver& receiver);

  // No backend will come back: do not try again.
  void give_up(const std::string& problem);

 private:
  void connect();
  void begin_setup();
  void add_setup_command(std::initializer_list<std::string_view> command, redisCallbackFn* callback);
  void finish_setup();
  void fail_setup(std::string_view problem);
  void lost(const redisAsyncContext& context);
  void note_loss(const redisAsyncContext& context);
  void connect_later();
  void write_command(Arguments command, redisCallbackFn* callback, void* data);

  static void on_connect(const redisAsyncContext* context, int status);
  static void on_disconnect(const redisAsyncContext* context, int status);
  static void on_reply(redisAsyncContext* context, void* reply, void* receiver);
  static void on_setup_reply(redisAsyncContext* context, void* reply, void* is_last);
  static void on_commands_reply(redisAsyncContext* context, void* reply, void* unused);
  static void on_flush(evutil_socket_t socket, short what, void* connection);
  static void on_retry(evutil_socket_t socket, short what, void* connection);

  event_base* base_;
  const BackendAddress& address_;
  CommandsCallback on_commands_;
  EventHandle<event> retry_timer_;
  EventHandle<event> flush_;
  redisAsyncContext* context_ = nullptr;  // hiredis frees it, telling us by on_disconnect
  bool ready_ = false;
  bool setup_failed_ = false;
  bool given_up_ = false;
  int retry_delay_ms_ = 0;
  std::string problem_ = "not connected yet";
  std::string wire_text_;
};

// The redis-server behind this server.
class Backend {
 public:
  Backend(event_base* base, BackendAddress address, BackendConnection::CommandsCallback on_commands);

  [[nodiscard]] bool is_ready() const { return commands_.is_ready() && transactions_.is_ready(); }
  [[nodiscard]] const std::string& problem() const;
  [[nodiscard]] BackendConnection& commands() { return commands_; }

  // Of its own, so that nothing but whole transactions is ever seen on it.
  [[nodiscard]] BackendConnection& transactions() { return transactions_; }

  // For a connection of one's own.
  [[nodiscard]] const BackendAddress& address() const { return address_; }

  void give_up(const std::string& problem);

 private:
  BackendAddress address_;
  BackendConnection commands_;
  BackendConnection transactions_;
};

}  // namespace upstash::local
