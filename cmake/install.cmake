# Installs the library for find_package(upstash_redis).
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/upstash_redis)
install(TARGETS upstash_redis EXPORT upstash_redis_targets)
install(DIRECTORY include/ generated/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(
  EXPORT upstash_redis_targets
  FILE upstash_redis-targets.cmake
  NAMESPACE upstash::
  DESTINATION ${package_dir})
configure_package_config_file(
  cmake/upstash_redis-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/upstash_redis-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/upstash_redis-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${CMAKE_CURRENT_BINARY_DIR}/upstash_redis-config.cmake
        ${CMAKE_CURRENT_BINARY_DIR}/upstash_redis-config-version.cmake
  DESTINATION ${package_dir})
