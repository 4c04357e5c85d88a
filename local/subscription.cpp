#include "subscription.hpp"

#include <new>
#include <string_view>
#include <vector>

#include "command_writer.hpp"
#include "reply_view.hpp"

namespace upstash::local {
namespace {

redisContext* connect_to(const BackendAddress& address) {
  redisContext* context = address.unix_path.empty() ? redisConnectNonBlock(address.host.c_str(), address.port)
                                                    : redisConnectUnixNonBlock(address.unix_path.c_str());
  if (context == nullptr) throw std::bad_alloc();
  return context;
}

}  // namespace

Subscription::Subscription(
    event_base* base, const BackendAddress& address, Arguments command, SubscriptionReceiver& receiver)
    : address_(address),
      receiver_(receiver),
      context_(connect_to(address)),
      readable_(own(event_new(base, context_->fd, EV_READ | EV_PERSIST, &Subscription::on_readable, this))),
      writable_(own(event_new(base, context_->fd, EV_WRITE | EV_PERSIST, &Subscription::on_writable, this))) {
  if (context_->err != 0) {
    event_active(writable_.get(), EV_WRITE, 0);
    return;
  }
  if (address.unix_path.empty()) redisEnableKeepAlive(context_.get());
  std::string commands;
  const std::vector<std::string_view> login = address.login_command();
  awaits_login_ = !login.empty();
  if (awaits_login_) append_command(commands, login);
  append_command(commands, command);
  redisAppendFormattedCommand(context_.get(), commands.data(), commands.size());
  event_add(readable_.get(), nullptr);
  event_add(writable_.get(), nullptr);
}

void Subscription::on_writable(evutil_socket_t, short, void* subscription) {
  static_cast<Subscription*>(subscription)->write();
}

void Subscription::on_readable(evutil_socket_t, short, void* subscription) {
  static_cast<Subscription*>(subscription)->read();
}

void Subscription::write() {
  int done = 0;
  if (redisBufferWrite(context_.get(), &done) != REDIS_OK) {
    lose();
  } else if (done != 0) {
    event_del(writable_.get());
  }
}

void Subscription::read() {
  if (redisBufferRead(context_.get()) != REDIS_OK) {
    lose();
    return;
  }
  while (true) {
    void* parsed = nullptr;
    if (redisReaderGetReply(context_->reader, &parsed) != REDIS_OK) {
      receiver_.lose(address_.display() + " sent what is no reply: " + context_->reader->errstr);
      return;
    }
    if (parsed == nullptr) return;
    const std::unique_ptr<redisReply, HiredisDeleter> reply(static_cast<redisReply*>(parsed));
    if (!take(*reply)) return;
  }
}

bool Subscription::take(const redisReply& reply) {
  if (!awaits_login_) return receiver_.receive(reply);
  awaits_login_ = false;
  if (!is_error(reply)) return true;
  receiver_.lose(address_.display() + " answered: " + std::string(text_of(reply)));
  return false;
}

void Subscription::lose() {
  receiver_.lose("there is no connection to " + address_.display() + ": " + context_->errstr);
}

}  // namespace upstash::local
