target_link_libraries(${target} ${scope} OpenSSL::SSL OpenSSL::Crypto)
