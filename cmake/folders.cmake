# One static library and one test program for each folder that src/layers.txt lists, linked as the list says.
#
#   src/<folder>/*.cpp            the library fairway_<folder>, without
#   src/<folder>/*_test.cpp       the program <folder>_test (ctest name: <folder>), linked with src/testing
#   src/<folder>/*_bench.cpp      a program of its own each, fairway_<folder>_<name>_bench, when FAIRWAY_BENCHMARKS is on
#   src/<folder>/folder.cmake     optional: what the folder needs beyond the list (an outside library, a generated file)
#   src/app/cmd/*.cpp             the program itself
#
# Every *_test.cpp belongs to a test program by construction, so none can be forgotten.

# Precompiled headers by hand instead of by target_precompile_headers: that one passes absolute paths in a way that keeps
# ccache from recognising the same file in another clone. GCC, which only compiles for `make lint`, includes the same
# header as text.
#
# A precompiled header names the file that it was made from. ccache gives it to other clones, so that file is a copy in a
# folder named by its content, which stays when a clone goes.
set(FAIRWAY_PRECOMPILED_DIR ${CMAKE_BINARY_DIR}/precompiled)
if(DEFINED ENV{HOME})
  file(READ ${CMAKE_SOURCE_DIR}/cmake/precompiled.h text)
  file(READ ${CMAKE_SOURCE_DIR}/cmake/precompiled_test.h text_of_tests)
  string(SHA1 hash "${text}${text_of_tests}")
  set(FAIRWAY_PRECOMPILED_DIR $ENV{HOME}/.cache/fairway/precompiled/${hash})
endif()
set(headers precompiled.h precompiled_test.h)
set(copies ${headers})
list(TRANSFORM headers PREPEND ${CMAKE_SOURCE_DIR}/cmake/)
list(TRANSFORM copies PREPEND ${FAIRWAY_PRECOMPILED_DIR}/)
# Left alone where it is there already: every clone uses the same copies, and one that is newer would be compiled again in
# all of them, and whatever includes it.
file(MAKE_DIRECTORY ${FAIRWAY_PRECOMPILED_DIR})
foreach(header copy IN ZIP_LISTS headers copies)
  file(COPY_FILE ${header} ${copy} ONLY_IF_DIFFERENT)
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})

function(fairway_make_precompiled name header)
  set(object ${name})
  set(header ${FAIRWAY_PRECOMPILED_DIR}/${header})
  add_library(${object} OBJECT ${header})
  set_source_files_properties(${header} PROPERTIES LANGUAGE CXX)
  target_compile_options(${object} PRIVATE -x c++-header)
  target_link_libraries(${object} PRIVATE fairway_flags ${ARGN})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set_target_properties(${object} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()

function(fairway_use_precompiled target name)
  get_target_property(sources ${target} SOURCES)
  get_target_property(header ${name} SOURCES)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-include ${header}")
    return()
  endif()
  # Where CMake puts the object of a source outside of the tree.
  set(file CMakeFiles/${name}.dir${header}.o)
  target_compile_options(${target} PRIVATE "SHELL:-include-pch ${file}")
  set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/${file})
endfunction()

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
    fairway_use_precompiled(${target} fairway_precompiled)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} fairway_asio)
  foreach(other IN LISTS ARGN)
    fairway_target_name(${other} needs)
    target_link_libraries(${target} ${scope} ${needs})
  endforeach()
  if(EXISTS ${src}/${folder}/folder.cmake)
    include(${src}/${folder}/folder.cmake)
  endif()

  if(FAIRWAY_BENCHMARKS)
    file(GLOB benchmarks CONFIGURE_DEPENDS ${src}/${folder}/*_bench.cpp)
    foreach(benchmark IN LISTS benchmarks)
      get_filename_component(name ${benchmark} NAME_WE)
      add_executable(${target}_${name} ${benchmark})
      target_link_libraries(${target}_${name} PRIVATE ${target})
      fairway_use_precompiled(${target}_${name} fairway_precompiled)
    endforeach()
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
  fairway_make_precompiled(fairway_precompiled_test precompiled_test.h GTest::gmock)
  foreach(folder IN LISTS folders)
    fairway_target_name(${folder} target)
    get_property(tests GLOBAL PROPERTY "fairway_tests_${folder}")
    add_executable(${target}_test ${tests})
    fairway_use_precompiled(${target}_test fairway_precompiled_test)
    target_link_libraries(${target}_test PRIVATE ${target} fairway_testing GTest::gmock GTest::gtest_main)
    add_test(NAME ${folder} COMMAND ${target}_test)
    set_tests_properties(${folder} PROPERTIES TIMEOUT 240 LABELS unit)
  endforeach()
endfunction()

function(fairway_folders src)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${src}/layers.txt)
  fairway_make_precompiled(fairway_precompiled precompiled.h)
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
  fairway_use_precompiled(fairway fairway_precompiled)
  target_link_libraries(fairway PRIVATE fairway_app CLI11::CLI11)

  fairway_test_programs(${src})

  # The layering is part of the build: a forbidden #include fails here, not in a review.
  add_custom_target(layers ALL COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/lint/layers.py ${src} VERBATIM)
endfunction()
