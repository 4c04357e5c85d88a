#include "backend.hpp"

#include <adapters/libevent.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "command_writer.hpp"
#include "reply_view.hpp"

namespace upstash::local {
namespace {

constexpr int first_retry_delay_ms = 2;
constexpr int longest_retry_delay_ms = 250;

BackendConnection& connection_of(const redisAsyncContext* context) {
  return *static_cast<BackendConnection*>(context->data);
}

void tune_socket(const redisContext& context) {
  // hiredis moves what is left of its output after each write: the bigger the writes, the less that costs.
  constexpr int send_buffer = 4 * 1024 * 1024;
  setsockopt(context.fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
}

}  // namespace

BackendConnection::BackendConnection(
    event_base* base, const BackendAddress& address, CommandsCallback on_commands)
    : base_(base),
      address_(address),
      on_commands_(std::move(on_commands)),
      retry_timer_(own(evtimer_new(base, &BackendConnection::on_retry, this))),
      flush_(own(event_new(base, -1, 0, &BackendConnection::on_flush, this))) {
  connect();
}

BackendConnection::~BackendConnection() { give_up("the server is shutting down"); }

void BackendConnection::connect() {
  redisAsyncContext* context = address_.unix_path.empty()
                                   ? redisAsyncConnect(address_.host.c_str(), address_.port)
                                   : redisAsyncConnectUnix(address_.unix_path.c_str());
  if (context == nullptr) throw std::bad_alloc();
  if (context->err != 0) {
    problem_ = "cannot connect to " + address_.display() + ": " + context->errstr;
    redisAsyncFree(context);
    connect_later();
    return;
  }
  context->data = this;
  context_ = context;
  redisLibeventAttach(context, base_);
  redisAsyncSetConnectCallback(context, &BackendConnection::on_connect);
  redisAsyncSetDisconnectCallback(context, &BackendConnection::on_disconnect);
  tune_socket(context->c);
}

void BackendConnection::on_connect(const redisAsyncContext* context, int status) {
  BackendConnection& self = connection_of(context);
  if (status == REDIS_OK) {
    self.begin_setup();
    return;
  }
  // hiredis frees the context when this returns, without calling on_disconnect.
  self.lost(*context);
  self.problem_ = "cannot connect to " + self.address_.display() + ": " + context->errstr;
}

void BackendConnection::begin_setup() {
  if (address_.unix_path.empty()) redisEnableKeepAlive(&context_->c);
  setup_failed_ = false;
  if (const std::vector<std::string_view> login = address_.login_command(); !login.empty()) {
    write_command(login, &BackendConnection::on_setup_reply, nullptr);
  }
  if (address_.database != 0) {
    const std::string database = std::to_string(address_.database);
    add_setup_command({"SELECT", database}, &BackendConnection::on_setup_reply);
  }
  if (on_commands_) add_setup_command({"COMMAND"}, &BackendConnection::on_commands_reply);
  // Answered with an error for as long as the server loads its data.
  const std::string_view ping = "PING";
  write_command({&ping, 1}, &BackendConnection::on_setup_reply, this);
}

void BackendConnection::add_setup_command(
    std::initializer_list<std::string_view> command, redisCallbackFn* callback) {
  write_command({command.begin(), command.size()}, callback, nullptr);
}

void BackendConnection::on_setup_reply(redisAsyncContext* context, void* reply, void* is_last) {
  BackendConnection& self = connection_of(context);
  if (reply == nullptr) return;
  const auto& answer = *static_cast<const redisReply*>(reply);
  if (is_error(answer)) {
    self.fail_setup(text_of(answer));
  } else if (is_last != nullptr && !self.setup_failed_) {
    self.finish_setup();
  }
}

void BackendConnection::on_commands_reply(redisAsyncContext* context, void* reply, void*) {
  BackendConnection& self = connection_of(context);
  if (reply == nullptr) return;
  const auto& answer = *static_cast<const redisReply*>(reply);
  if (is_error(answer)) {
    self.fail_setup(text_of(answer));
  } else {
    self.on_commands_(answer);
  }
}

void BackendConnection::finish_setup() {
  ready_ = true;
  retry_delay_ms_ = 0;
}

void BackendConnection::fail_setup(std::string_view problem) {
  // The first error says it; those that follow come of it.
  if (setup_failed_) return;
  setup_failed_ = true;
  problem_ = address_.display() + " answered: " + std::string(problem);
  redisAsyncDisconnect(context_);
}

void BackendConnection::on_disconnect(const redisAsyncContext* context, int) {
  connection_of(context).lost(*context);
}

void BackendConnection::lost(const redisAsyncContext& context) {
  note_loss(context);
  context_ = nullptr;
  connect_later();
}

void BackendConnection::note_loss(const redisAsyncContext& context) {
  ready_ = false;
  if (setup_failed_ || given_up_) return;
  problem_ = "the connection to " + address_.display() + " was lost";
  if (context.err != 0) problem_ += std::string(": ") + context.errstr;
}

void BackendConnection::connect_later() {
  if (given_up_) return;
  const timeval delay{0, retry_delay_ms_ * 1000};
  evtimer_add(retry_timer_.get(), &delay);
  retry_delay_ms_ = std::clamp(retry_delay_ms_ * 2, first_retry_delay_ms, longest_retry_delay_ms);
}

void BackendConnection::on_retry(evutil_socket_t, short, void* connection) {
  static_cast<BackendConnection*>(connection)->connect();
}

void BackendConnection::give_up(const std::string& problem) {
  given_up_ = true;
  ready_ = false;
  problem_ = problem;
  evtimer_del(retry_timer_.get());
  if (context_ != nullptr) redisAsyncFree(std::exchange(context_, nullptr));
}

void BackendConnection::send(Arguments command, ReplyReceiver& receiver) {
  write_command(command, &BackendConnection::on_reply, &receiver);
  // Written at the end of this round of the event loop, together with what other requests send in it, instead
  // of waiting for the socket to be reported writable.
  event_active(flush_.get(), EV_WRITE, 0);
}

void BackendConnection::on_flush(evutil_socket_t, short, void* connection) {
  const BackendConnection& self = *static_cast<const BackendConnection*>(connection);
  if (self.ready_) redisAsyncHandleWrite(self.context_);
}

void BackendConnection::write_command(Arguments command, redisCallbackFn* callback, void* data) {
  wire_text_.clear();
  append_command(wire_text_, command);
  redisAsyncFormattedCommand(context_, callback, data, wire_text_.data(), wire_text_.size());
  // Not kept for ever because of one big value.
  constexpr std::size_t worth_keeping = 1024 * 1024;
  if (wire_text_.capacity() > worth_keeping) std::string().swap(wire_text_);
}

void BackendConnection::on_reply(redisAsyncContext* context, void* reply, void* receiver) {
  // Before on_disconnect says so: who is told of the loss must not send again.
  if (reply == nullptr) connection_of(context).note_loss(*context);
  static_cast<ReplyReceiver*>(receiver)->receive(static_cast<const redisReply*>(reply));
}

Backend::Backend(event_base* base, BackendAddress address, BackendConnection::CommandsCallback on_commands)
    : address_(std::move(address)),
      commands_(base, address_, std::move(on_commands)),
      transactions_(base, address_) {}

const std::string& Backend::problem() const {
  return commands_.is_ready() ? transactions_.problem() : commands_.problem();
}

void Backend::give_up(const std::string& problem) {
  commands_.give_up(problem);
  transactions_.give_up(problem);
}

}  // namespace upstash::local
