#include "kube_api/object/event_forms.h"

#include <array>
#include <string_view>
#include <utility>

namespace fairway::kube_api {
namespace {

// events.k8s.io/v1, core/v1
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNames{
    {{"regarding", "involvedObject"},
     {"note", "message"},
     {"reportingController", "reportingComponent"},
     {"deprecatedSource", "source"},
     {"deprecatedFirstTimestamp", "firstTimestamp"},
     {"deprecatedLastTimestamp", "lastTimestamp"},
     {"deprecatedCount", "count"}}};

void rename(json::Object& event, std::string_view from, std::string_view to) {
  const auto found = event.find(from);
  if (found == event.end()) return;
  json::Value value = std::move(found->value());
  event.erase(found);
  event[to] = std::move(value);
}

}  // namespace

void event_to_core(json::Object& event) {
  for (const auto& [now, core] : kNames) rename(event, now, core);
}

void event_from_core(json::Object& event) {
  for (const auto& [now, core] : kNames) rename(event, core, now);
}

}  // namespace fairway::kube_api
