// JSON texts as RapidJSON documents, and back: for users of RapidJSON, of which they bring their own copy.
//
// This header is optional. It is the only one of the library that includes RapidJSON, no other header includes
// it, and the library itself does not need it: the RapidJSON inside has a namespace of its own.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <upstash/error.hpp>

namespace upstash {

/// The document that a JSON text holds, such as one that `redis.json().numincrby()` returns.
///
/// Integers that fit 64 bits, with or without a sign, and doubles are exact; what is greater becomes a double.
/// Throws UsageError, which names the offset in bytes, when the text is not JSON in UTF-8. (It is not a
/// ProtocolError: the JSON commands answer with JSON, so a text that is none comes from elsewhere, such as GET.)
[[nodiscard]] inline rapidjson::Document to_document(std::string_view json) {
  // Iterative: the depth of a text from elsewhere must not be that of the stack.
  constexpr unsigned flags = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseIterativeFlag;
  rapidjson::Document document;
  // It wants a pointer, also to nothing.
  document.Parse<flags>(json.empty() ? "" : json.data(), json.size());
  if (document.HasParseError()) {
    throw UsageError(
        "not a JSON text at byte " + std::to_string(document.GetErrorOffset()) + ": " +
        rapidjson::GetParseError_En(document.GetParseError()));
  }
  return document;
}

/// The same of a text that may be missing: `to_document(redis.json().get("user:1"))`.
template <std::same_as<std::optional<std::string>> OptionalText>
[[nodiscard]] std::optional<rapidjson::Document> to_document(const OptionalText& json) {
  if (!json) return std::nullopt;
  return to_document(std::string_view(*json));
}

/// The JSON text of a RapidJSON value: `redis.json().set("user:1", "$", to_json(document))`.
///
/// Doubles are written so that they are read back exactly. Throws UsageError when the value cannot be JSON: it
/// holds an infinity, a NaN, or a string that is not UTF-8.
template <class Allocator>
[[nodiscard]] std::string to_json(const rapidjson::GenericValue<rapidjson::UTF8<>, Allocator>& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<
      rapidjson::StringBuffer,
      rapidjson::UTF8<>,
      rapidjson::UTF8<>,
      rapidjson::CrtAllocator,
      rapidjson::kWriteValidateEncodingFlag>
      writer(text);
  if (!value.Accept(writer)) {
    throw UsageError("not JSON: the value holds an infinity, a NaN, or a string that is not UTF-8");
  }
  return {text.GetString(), text.GetSize()};
}

}  // namespace upstash
