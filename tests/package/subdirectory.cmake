# The library as a part of another project, shared this time; then that project's installation.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(prefix ${work}/prefix)
build_consumer(add_subdirectory whole -D upstash_redis=${source} -D BUILD_SHARED_LIBS=ON -D UPSTASH_REDIS_INSTALL=ON)
run(${work}/whole/consumer)

run(${CMAKE_COMMAND} --install ${work}/whole --prefix ${prefix})
file(GLOB_RECURSE libraries ${prefix}/*.so)
if(NOT libraries)
  message(FATAL_ERROR "no shared library was installed in ${prefix}")
endif()
build_consumer(find_package consumer -D CMAKE_PREFIX_PATH=${prefix} -D version=${version})
run(${work}/consumer/consumer)
