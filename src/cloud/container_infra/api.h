// Container Infrastructure API v1 (Magnum's): cluster templates, clusters, their nodes and certificates. Under
// /container-infra. What is asked for is kept as a wish; making it is a cluster driver's part (drivers.h).
#pragma once

#include "cloud/container_infra/parts.h"
#include "http/router.h"

namespace fairway::cloud::container_infra {

// What `parts` refers to outlives the routes.
void add_routes(http::Router& router, InfraParts parts);

}  // namespace fairway::cloud::container_infra
