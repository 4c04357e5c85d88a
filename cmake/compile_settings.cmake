# upstash_warnings: how everything in this repository is compiled, and nothing outside of it.
add_library(upstash_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(upstash_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(UPSTASH_REDIS_WERROR)
    target_compile_options(upstash_warnings INTERFACE -Werror)
  endif()
endif()

if(UPSTASH_REDIS_SANITIZE)
  add_compile_options(-fsanitize=${UPSTASH_REDIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${UPSTASH_REDIS_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options(-fno-sanitize=pointer-overflow) # RapidJSON adds 0 to the null pointer that an empty stack is
  endif()
endif()
