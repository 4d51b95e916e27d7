# SQLite, and the schema: schema/NNNN_name.sql become one generated header, so that the program carries them.
target_link_libraries(${target} ${scope} SQLite::SQLite3)

file(GLOB schemas CONFIGURE_DEPENDS ${src}/${folder}/schema/*.sql)
list(SORT schemas)
set(embedded "")
foreach(schema IN LISTS schemas)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schema})
  get_filename_component(name ${schema} NAME_WE)
  file(READ ${schema} text)
  string(APPEND embedded "    SchemaFile{\"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/store/sqlite/schema_files.inc CONTENT "@embedded@" @ONLY)
target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
