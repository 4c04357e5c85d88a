// RapidJSON under a namespace of our own, so that another copy in the program cannot clash with it.
#pragma once

#define RAPIDJSON_NAMESPACE upstash_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace upstash_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#if defined(__SSE2__) && !defined(__SANITIZE_ADDRESS__)
#define RAPIDJSON_SSE2
#endif

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
