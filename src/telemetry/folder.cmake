target_link_libraries(${target} ${scope} spdlog::spdlog)
