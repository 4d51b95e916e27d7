# The protobuf form of OpenAPI v2 (openapi_v2.proto), for kubectl of 2020.
set(kube_api_proto_dir ${CMAKE_CURRENT_BINARY_DIR}/kube_api_proto)
file(MAKE_DIRECTORY ${kube_api_proto_dir})
add_custom_command(
  OUTPUT ${kube_api_proto_dir}/openapi_v2.pb.cc ${kube_api_proto_dir}/openapi_v2.pb.h
  COMMAND protobuf::protoc --cpp_out=${kube_api_proto_dir} -I ${CMAKE_CURRENT_SOURCE_DIR}/src/kube_api/discovery openapi_v2.proto
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/kube_api/discovery/openapi_v2.proto VERBATIM)
# Generated code is not held to our warnings.
add_library(fairway_openapi_proto STATIC ${kube_api_proto_dir}/openapi_v2.pb.cc)
target_include_directories(fairway_openapi_proto SYSTEM PUBLIC ${kube_api_proto_dir})
target_link_libraries(fairway_openapi_proto PUBLIC protobuf::libprotobuf-lite)
target_link_libraries(${target} ${scope} fairway_openapi_proto)
