// Whether this program runs with a sanitizer, which is slow and has an allocator and threads of its own.
#pragma once

namespace upstash::test {

#ifdef __has_feature
inline constexpr bool has_tsan = __has_feature(thread_sanitizer);
inline constexpr bool is_sanitized = has_tsan || __has_feature(address_sanitizer);
#elif defined(__SANITIZE_THREAD__)
inline constexpr bool has_tsan = true;
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool has_tsan = false;
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#endif

}  // namespace upstash::test
