# Only this file knows an absolute path, so that all others compile alike in every clone.
set_source_files_properties(${src}/${folder}/golden.cpp PROPERTIES
  COMPILE_DEFINITIONS "FAIRWAY_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\"")
