// RapidJSON under a namespace of our own, so that another copy in the program cannot clash with it.
#pragma once

#define RAPIDJSON_NAMESPACE upstash_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace upstash_rapidjson {
#define RAPIDJSON_NAMESPACE_END }

// Its SSE2 code reads whole aligned words and so past a text's end, which is harmless but not to a sanitizer.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UPSTASH_SANITIZED_
#endif
#endif
#if defined(__SSE2__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(UPSTASH_SANITIZED_)
#define RAPIDJSON_SSE2
#endif
#undef UPSTASH_SANITIZED_

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
