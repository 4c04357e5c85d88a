// Knows whether this thread carries a client's requests, so that it must not wait for one.
#pragma once

namespace upstash::detail {

/// True in the I/O thread of any client.
[[nodiscard]] bool& on_io_thread() noexcept;

}  // namespace upstash::detail
