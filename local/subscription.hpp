#pragma once

#include <hiredis.h>

#include <memory>
#include <string>

#include "backend_address.hpp"
#include "command_list.hpp"
#include "event_handles.hpp"

namespace upstash::local {

// Gets what a subscription brings.
class SubscriptionReceiver {
 public:
  // False if the subscription is no longer wanted and may be gone.
  virtual bool receive(const redisReply& reply) = 0;

  // The last call, in which the subscription may be deleted.
  virtual void lose(const std::string& problem) = 0;

 protected:
  ~SubscriptionReceiver() = default;
};

// SUBSCRIBE, PSUBSCRIBE or MONITOR on a connection of its own to the redis-server, which ends with it.
// Made of hiredis' connection and parser only: its asynchronous API, as of 0.14, loses long lines of MONITOR.
class Subscription {
 public:
  // Nothing is received before the event loop runs.
  Subscription(
      event_base* base, const BackendAddress& address, Arguments command, SubscriptionReceiver& receiver);

 private:
  struct HiredisDeleter {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };

  void write();
  void read();
  bool take(const redisReply& reply);
  void lose();

  static void on_writable(evutil_socket_t socket, short what, void* subscription);
  static void on_readable(evutil_socket_t socket, short what, void* subscription);

  const BackendAddress& address_;
  SubscriptionReceiver& receiver_;
  bool awaits_login_ = false;
  // Above the events on its socket, which are deleted first.
  std::unique_ptr<redisContext, HiredisDeleter> context_;
  EventHandle<event> readable_;
  EventHandle<event> writable_;
};

}  // namespace upstash::local
