target_link_libraries(${target} ${scope} SQLite::SQLite3)
