// The file system that a container sees. Linux; needs CAP_SYS_ADMIN and a mount namespace of its own.
#pragma once

#include "lab/container_spec.h"

namespace fairway::lab {

// Builds it at spec.root_dir and makes it the root of the calling process. Everything else is gone afterwards.
[[nodiscard]] Result<> enter_container_root(const ContainerSpec& spec);

}  // namespace fairway::lab
