# What the package tests share. The work folder is made anew.
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)

# run(<command>...): ends the test when it fails.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# build_consumer(<folder> <name> <cache entry>...): builds the project in <folder> into ${work}/<name>. Optimising would only
# take time.
function(build_consumer folder name)
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/${folder} -B ${work}/${name} -G ${generator}
      -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=None ${ARGN})
  run(${CMAKE_COMMAND} --build ${work}/${name} --parallel ${cores})
endfunction()
