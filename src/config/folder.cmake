target_link_libraries(${target} ${scope} yaml-cpp)
