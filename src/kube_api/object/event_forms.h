// An Event has two forms, core/v1 (which the store keeps) and events.k8s.io/v1: the same facts under other names.
// Pure.
#pragma once

#include "json/value.h"

namespace fairway::kube_api {

void event_to_core(json::Object& event);
void event_from_core(json::Object& event);

}  // namespace fairway::kube_api
