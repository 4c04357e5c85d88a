// What the handles of both clients do with settings.
#pragma once

#include <string_view>

#include <upstash/client_options.hpp>

namespace upstash::detail {

/// The options with url and token from the environment where they have none.
[[nodiscard]] ClientOptions completed_from_env(ClientOptions options);
/// Settings of `inner`, and those of `outer` where it has none.
[[nodiscard]] CallOptions merged(const CallOptions& inner, const CallOptions& outer);
/// Throws UsageError for what cannot be a token.
void check_sync_token(std::string_view token);

}  // namespace upstash::detail
