// An auction over Pub/Sub: one bidder in the room and one on the phone outbid each other, and the house keeps the book.
// Needs UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, of a database or of the local server.
#include <chrono>
#include <exception>
#include <iostream>
#include <stop_token>
#include <string>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "task.hpp"

namespace {

using namespace std::chrono_literals;
using upstash::Message;

constexpr auto vase = "auction:vase";
constexpr auto over = "room passes";

bool is_from(std::string_view bidder, const Message& message) { return message.payload.starts_with(bidder); }
int price_of(const Message& message) { return std::stoi(message.payload.substr(message.payload.find(' '))); }
std::string bid(std::string_view bidder, int price) {
  return std::string(bidder) + ' ' + std::to_string(price);
}

/// By handlers: they are called in a thread of the subscription's own.
upstash::Subscription bid_in_the_room(const upstash::Redis& redis, int limit, std::stop_source& stop) {
  return redis.subscribe(
      {vase},
      {.on_message =
           [redis, limit](const Message& message) {
             if (!is_from("phone", message)) return;
             const int price = price_of(message) + 10;
             redis.publish(vase, price <= limit ? bid("room", price) : over);
           },
       .on_gap = [](const upstash::Gap& gap) { std::cerr << "bids may be lost: " << gap.reason << '\n'; },
       .on_error =
           [&stop](const upstash::Error& error) {
             std::cerr << error.what() << '\n';
             stop.request_stop();
           }});
}

/// By a coroutine: message after message, and no thread waits for them.
Task<int> bid_by_phone(upstash::AsyncRedis redis) {
  auto auction = redis.subscribe({vase});
  co_await auction.confirmed();
  int price = 100;
  co_await redis.publish(vase, bid("phone", price));
  while (const auto message = co_await auction.next()) {
    if (message->payload == over) break;
    if (!is_from("room", *message)) continue;
    price = price_of(*message) + 10;
    co_await redis.publish(vase, bid("phone", price));
  }
  co_return price;
}

}  // namespace

int main() try {
  const auto redis = upstash::Redis::from_env();
  const auto async_redis = upstash::AsyncRedis::from_env();
  std::stop_source stop;

  auto house = redis.psubscribe({"auction:*"});
  const auto room = bid_in_the_room(redis, 150, stop);
  const int price = sync_wait(bid_by_phone(async_redis.with({.stop_token = stop.get_token()})));

  // By asking: messages are kept until somebody does.
  while (const auto message = house.next(10s)) {
    std::cout << message->channel << ": " << message->payload << '\n';
    if (message->payload == over) break;
  }
  std::cout << "Going, going…\n";
  if (!house.next(100ms)) std::cout << "gone for " << price << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
