# Installs the library of this build and uses it from there. Every public header compiles by itself, and none brings curl,
# OpenSSL or RapidJSON with it.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(prefix ${work}/prefix)
run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

file(GLOB_RECURSE headers ${prefix}/include/upstash/*.hpp)
file(GLOB_RECURSE package_files ${prefix}/*.cmake)
if(NOT headers OR NOT package_files)
  message(FATAL_ERROR "nothing was installed in ${prefix}")
endif()
foreach(file IN LISTS headers)
  file(STRINGS ${file} leaks REGEX "#[ ]*include[ ]*[<\"](curl|openssl|rapidjson)|rapidjson::|CURL")
  if(leaks)
    message(FATAL_ERROR "a public header shows curl, OpenSSL or RapidJSON: ${file}: ${leaks}")
  endif()
endforeach()
foreach(file IN LISTS package_files)
  file(STRINGS ${file} leaks REGEX "${source}/")
  if(leaks)
    message(FATAL_ERROR "the package names the source tree: ${file}: ${leaks}")
  endif()
endforeach()

set(package -D CMAKE_PREFIX_PATH=${prefix} -D version=${version})
build_consumer(find_package consumer ${package})
run(${work}/consumer/consumer)
build_consumer(headers headers ${package} -D include=${prefix}/include)
