// A user's program with a RapidJSON of its own, in its usual namespace, besides the one inside the library.
#include <rapidjson/document.h>

#include <iostream>
#include <string>

#include <upstash/rapidjson.hpp>
#include <upstash/redis.hpp>

int main() {
  rapidjson::Document document = upstash::to_document(R"({"visits":9007199254740993})");
  document.AddMember("name", "Ann", document.GetAllocator());
  const std::string text = upstash::to_json(document);
  std::cout << text << '\n';
  if (text != R"({"visits":9007199254740993,"name":"Ann"})") return 1;

  // The library reads the arguments back with the RapidJSON inside.
  return upstash::cmd::set("k", text).arguments().at(2) == text ? 0 : 2;
}
