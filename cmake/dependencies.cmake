# What the project takes from Debian 12, in one place. Each is an imported or interface target that cmake/folders.cmake
# links to the folders that need it.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(nftables REQUIRED IMPORTED_TARGET libnftables)
pkg_check_modules(nlroute REQUIRED IMPORTED_TARGET libnl-3.0 libnl-route-3.0)
if(FAIRWAY_TESTS)
  find_package(GTest REQUIRED)
endif()

# Flags and definitions that every one of our files is built with.
add_library(fairway_flags INTERFACE)
target_include_directories(fairway_flags INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_compile_options(fairway_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wunused -Werror -Wno-missing-field-initializers)
target_compile_definitions(fairway_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  SPDLOG_FMT_EXTERNAL FAIRWAY_VERSION="${PROJECT_VERSION}")
target_link_libraries(fairway_flags INTERFACE Threads::Threads fmt::fmt Boost::json Boost::headers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these falsely around coroutines and std::variant; clang 19 checks the same code for real.
  target_compile_options(fairway_flags INTERFACE -fcoroutines -Wno-maybe-uninitialized -Wno-restrict -Wno-subobject-linkage
    -Wno-dangling-pointer -Wno-array-bounds -Wno-stringop-overflow -Wno-mismatched-new-delete -Wno-shadow)
endif()

# Asio's own code, compiled once instead of in every file.
add_library(fairway_asio STATIC ${CMAKE_CURRENT_SOURCE_DIR}/cmake/asio_impl.cpp)
target_link_libraries(fairway_asio PUBLIC fairway_flags OpenSSL::SSL)
