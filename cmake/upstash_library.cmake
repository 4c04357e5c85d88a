# upstash_library(<target> <generated folder>): the runtime together with one generated set of commands, whose
# sources.cmake has been included.
function(upstash_library target generated)
  set(root ${PROJECT_SOURCE_DIR})
  add_library(
    ${target}
    ${root}/src/argument_writer.cpp
    ${root}/src/async_engine.cpp
    ${root}/src/async_loop.cpp
    ${root}/src/async_operation.cpp
    ${root}/src/async_pipeline.cpp
    ${root}/src/async_redis.cpp
    ${root}/src/async_script.cpp
    ${root}/src/attempts.cpp
    ${root}/src/base64.cpp
    ${root}/src/base64_avx2.cpp
    ${root}/src/ca_file.cpp
    ${root}/src/call.cpp
    ${root}/src/client.cpp
    ${root}/src/command.cpp
    ${root}/src/curl_transfer.cpp
    ${root}/src/curl_transport.cpp
    ${root}/src/due_queue.cpp
    ${root}/src/endpoint.cpp
    ${root}/src/error.cpp
    ${root}/src/event_delivery.cpp
    ${root}/src/event_parser.cpp
    ${root}/src/event_stream.cpp
    ${root}/src/event_streams.cpp
    ${root}/src/future.cpp
    ${root}/src/geo.cpp
    ${root}/src/info.cpp
    ${root}/src/json_reply.cpp
    ${root}/src/per_process.cpp
    ${root}/src/percent_encoding.cpp
    ${root}/src/pipeline.cpp
    ${root}/src/print.cpp
    ${root}/src/protocol.cpp
    ${root}/src/raw_body_request.cpp
    ${root}/src/redis.cpp
    ${root}/src/reply.cpp
    ${root}/src/reply_document.cpp
    ${root}/src/reply_shapes.cpp
    ${root}/src/resp2_reply.cpp
    ${root}/src/script.cpp
    ${root}/src/script_commands.cpp
    ${root}/src/search.cpp
    ${root}/src/sha1.cpp
    ${root}/src/sigpipe.cpp
    ${root}/src/stream_event.cpp
    ${root}/src/stream_trim.cpp
    ${root}/src/subscription.cpp
    ${root}/src/telemetry.cpp)
  list(TRANSFORM UPSTASH_GENERATED_SOURCES PREPEND ${generated}/)
  target_sources(${target} PRIVATE ${UPSTASH_GENERATED_SOURCES})
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(${target} PRIVATE UPSTASH_REDIS_VERSION="${PROJECT_VERSION}")
  target_include_directories(
    ${target}
    PUBLIC $<BUILD_INTERFACE:${root}/include> $<BUILD_INTERFACE:${generated}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${root}/src ${generated}/src)
  target_include_directories(${target} SYSTEM PRIVATE ${RAPIDJSON_INCLUDE_DIR})
  target_link_libraries(${target} PRIVATE CURL::libcurl OpenSSL::Crypto Threads::Threads $<BUILD_INTERFACE:upstash_warnings>)
endfunction()
