// How objects go over the wire: as they are, as rows of a Table, as their metadata only; one, a list, or events of a
// watch. Pure. Reference: kubernetes.io/docs/reference/using-api/api-concepts (receiving resources as Tables).
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "kube_api/requests/call.h"
#include "kube_api/state/objects.h"

namespace fairway::kube_api {

struct ListMeta {
  std::string resource_version;
  std::string continue_token;
  std::int64_t remaining = 0;  // 0: not said
};

// The stored object in the kind's own form.
[[nodiscard]] json::Object in_own_form(const Kind& kind, const json::Object& stored);

[[nodiscard]] json::Value present_one(const Call& call, const json::Object& stored, WallTime now);
[[nodiscard]] json::Value present_list(const Call& call, const std::vector<Stored>& items, const ListMeta& meta,
                                       WallTime now);
// `first` of a Table watch carries the columns.
[[nodiscard]] json::Value present_event(const Call& call, std::string_view type, const json::Object& stored,
                                        bool first, WallTime now);
[[nodiscard]] json::Value present_bookmark(const Call& call, const std::string& resource_version,
                                           bool initial_events_end);

}  // namespace fairway::kube_api
