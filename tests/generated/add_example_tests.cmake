# Run by ctest, with `program` and `with_live`: adds the examples as tests. A suite such as HashLive is one test, because starting
# the program, and a server for it, takes far longer than an example. With UPSTASH_TEST_EACH_EXAMPLE=1 in the environment
# each example is a test of its own, so that -R can choose among them.

# example_test(<name> <suite> <gtest filter>)
function(example_test name suite filter)
  if(NOT suite MATCHES "Live$")
    set(labels wire)
  elseif(with_live)
    set(labels live example)
  else()
    return()
  endif()
  add_test(${name} ${program} --gtest_brief=1 --gtest_filter=${filter})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}")
  if(suite MATCHES "Live$" AND NOT "$ENV{UPSTASH_TEST_REDIS_URL}" STREQUAL "")
    # All use that database, and empty it.
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK upstash_test_redis)
  endif()
endfunction()

if(NOT EXISTS ${program})
  add_test(generated_tests_NOT_BUILT ${program})
  return()
endif()
execute_process(
  COMMAND ${program} --gtest_list_tests
  OUTPUT_VARIABLE listing
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${program} does not list its tests: ${status}")
endif()
# Suites are at the start of a line, with a dot at the end; their tests are indented.
string(REGEX MATCHALL "[^\n]+" lines "${listing}")
foreach(line IN LISTS lines)
  if(line MATCHES "^([A-Za-z0-9_]+)[.]$")
    set(suite ${CMAKE_MATCH_1})
    if(NOT "$ENV{UPSTASH_TEST_EACH_EXAMPLE}")
      example_test(${suite} ${suite} ${suite}.*)
    endif()
  elseif(line MATCHES "^  ([A-Za-z0-9_]+)$" AND "$ENV{UPSTASH_TEST_EACH_EXAMPLE}")
    set(name ${suite}.${CMAKE_MATCH_1})
    example_test(${name} ${suite} ${name})
    set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  endif()
endforeach()
