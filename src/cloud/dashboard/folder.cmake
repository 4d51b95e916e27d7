# The pages' files, embedded: assets/* become one generated source with their bytes and entity tags.
file(GLOB dashboard_assets CONFIGURE_DEPENDS ${src}/${folder}/assets/*)
set(dashboard_generated ${CMAKE_CURRENT_BINARY_DIR}/generated/dashboard_assets.cpp)
add_custom_command(
  OUTPUT ${dashboard_generated}
  COMMAND ${CMAKE_COMMAND} -D OUT=${dashboard_generated} "-DFILES=${dashboard_assets}" -P ${src}/${folder}/embed.cmake
  DEPENDS ${dashboard_assets} ${src}/${folder}/embed.cmake VERBATIM)
add_library(fairway_dashboard_assets STATIC ${dashboard_generated})
target_link_libraries(fairway_dashboard_assets PUBLIC fairway_flags)
target_link_libraries(${target} ${scope} fairway_dashboard_assets OpenSSL::Crypto)
