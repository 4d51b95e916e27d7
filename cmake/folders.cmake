# One static library and one test program for each folder that src/layers.txt lists, linked as the list says.
#
#   src/<folder>/*.cpp            the library fairway_<folder>, without
#   src/<folder>/*_test.cpp       the program <folder>_test (ctest name: <folder>), linked with src/testing
#   src/<folder>/*_bench.cpp      benchmarks, when FAIRWAY_BENCHMARKS is on
#   src/<folder>/folder.cmake     optional: what the folder needs beyond the list (an outside library, a generated file)
#   src/app/cmd/*.cpp             the program itself
#
# Every *_test.cpp belongs to a test program by construction, so none can be forgotten.

function(fairway_target_name folder out)
  string(REPLACE "/" "_" name "${folder}")
  set(${out} "fairway_${name}" PARENT_SCOPE)
endfunction()

function(fairway_folder src folder)
  fairway_target_name(${folder} target)
  file(GLOB sources CONFIGURE_DEPENDS ${src}/${folder}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_precompile_headers(${target} REUSE_FROM fairway_pch)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} fairway_pch)
  foreach(other IN LISTS ARGN)
    fairway_target_name(${other} needs)
    target_link_libraries(${target} ${scope} ${needs})
  endforeach()
  if(EXISTS ${src}/${folder}/folder.cmake)
    include(${src}/${folder}/folder.cmake)
  endif()

  if(FAIRWAY_TESTS AND tests)
    set_property(GLOBAL APPEND PROPERTY fairway_tested "${folder}")
    set_property(GLOBAL PROPERTY "fairway_tests_${folder}" "${tests}")
  endif()
endfunction()

# Test programs come last, since each may use src/testing, which itself uses the folders.
function(fairway_test_programs src)
  get_property(folders GLOBAL PROPERTY fairway_tested)
  if(NOT folders)
    return()
  endif()
  add_library(fairway_test_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/test_anchor.cpp)
  target_link_libraries(fairway_test_pch PUBLIC fairway_flags GTest::gmock GTest::gtest)
  target_precompile_headers(fairway_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h
    ${CMAKE_SOURCE_DIR}/cmake/precompiled_test.h)
  foreach(folder IN LISTS folders)
    fairway_target_name(${folder} target)
    get_property(tests GLOBAL PROPERTY "fairway_tests_${folder}")
    add_executable(${target}_test ${tests})
    target_precompile_headers(${target}_test REUSE_FROM fairway_test_pch)
    target_link_libraries(${target}_test PRIVATE ${target} fairway_testing fairway_test_pch GTest::gtest_main)
    target_compile_definitions(${target}_test PRIVATE FAIRWAY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${folder} COMMAND ${target}_test)
    set_tests_properties(${folder} PROPERTIES TIMEOUT 240 LABELS unit)
  endforeach()
endfunction()

function(fairway_folders src)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${src}/layers.txt)
  file(STRINGS ${src}/layers.txt lines)
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "#.*$" "" line "${line}")
    if(line MATCHES "^([a-z_0-9/]+):(.*)$")
      set(folder ${CMAKE_MATCH_1})
      separate_arguments(needs UNIX_COMMAND "${CMAKE_MATCH_2}")
      fairway_folder(${src} ${folder} ${needs})
    endif()
  endforeach()

  file(GLOB commands CONFIGURE_DEPENDS ${src}/app/cmd/*.cpp)
  add_executable(fairway ${commands})
  target_precompile_headers(fairway REUSE_FROM fairway_pch)
  target_link_libraries(fairway PRIVATE fairway_app CLI11::CLI11)

  fairway_test_programs(${src})

  # The layering is part of the build: a forbidden #include fails here, not in a review.
  add_custom_target(layers ALL COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/lint/layers.py ${src} VERBATIM)
endfunction()
