#pragma once

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <memory>
#include <new>

namespace upstash::local {

struct EventHandleDeleter {
  void operator()(event_base* base) const { event_base_free(base); }
  void operator()(event_config* config) const { event_config_free(config); }
  void operator()(event* one) const { event_free(one); }
  void operator()(evbuffer* buffer) const { evbuffer_free(buffer); }
  void operator()(evhttp* server) const { evhttp_free(server); }
};

template <typename T>
using EventHandle = std::unique_ptr<T, EventHandleDeleter>;

// Takes what a libevent constructor returned; NULL means that there is no memory.
template <typename T>
EventHandle<T> own(T* created) {
  if (created == nullptr) throw std::bad_alloc();
  return EventHandle<T>(created);
}

}  // namespace upstash::local
