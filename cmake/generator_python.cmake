# UPSTASH_PYTHON: a Python that has what the generator needs. Distributions' packages are for the system's own one,
# which need not be the first in PATH.
find_program(system_python3 python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(path_python3 python3)
mark_as_advanced(system_python3 path_python3)
foreach(candidate IN ITEMS ${system_python3} ${path_python3})
  execute_process(
    COMMAND ${candidate} -c "import fastjsonschema, jinja2, yaml"
    RESULT_VARIABLE result
    ERROR_QUIET)
  if(result EQUAL 0)
    set(UPSTASH_PYTHON ${candidate})
    break()
  endif()
endforeach()
if(NOT UPSTASH_PYTHON)
  message(FATAL_ERROR "The tests need Python 3 with fastjsonschema, jinja2 and yaml "
                      "(apt install python3-fastjsonschema python3-jinja2 python3-yaml python3-pytest), "
                      "or -DUPSTASH_REDIS_BUILD_TESTS=OFF")
endif()
