target_link_libraries(${target} ${scope} PkgConfig::nftables PkgConfig::nlroute OpenSSL::SSL)
