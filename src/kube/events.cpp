#include "kube/events.h"

#include "base/strings.h"

namespace fairway::kube {
namespace {

// A storm of distinct events must not eat the memory, nor the API server.
constexpr std::size_t kMaxQueue = 1000;
constexpr std::size_t kMaxSeries = 4096;
// API servers keep events for an hour; after that a repetition is news again.
constexpr std::chrono::minutes kSeriesLife{55};
// The API refuses more; what does not fit is cut.
constexpr std::size_t kMaxMessage = 1024;

json::Object reference_to(const json::Value& about) {
  return json::Object{{"kind", json::string_or(about, "kind", "Service")},
                      {"namespace", json::string_or(about, "metadata.namespace")},
                      {"name", json::string_or(about, "metadata.name")},
                      {"uid", json::string_or(about, "metadata.uid")},
                      {"apiVersion", json::string_or(about, "apiVersion", "v1")},
                      {"resourceVersion", json::string_or(about, "metadata.resourceVersion")}};
}

std::string namespace_of(const json::Value& event) { return json::string_or(event, "metadata.namespace", "default"); }

}  // namespace

EventRecorder::EventRecorder(Client& client, Env& env, std::string reporting_instance)
    : client_(client),
      env_(env),
      instance_(std::move(reporting_instance)),
      written_(env.metrics.counter("fairway_kube_events_written_total",
                                   "Events written or counted up in the Kubernetes API")),
      dropped_(env.metrics.counter("fairway_kube_events_dropped_total", "Events that could not be written")) {}

void EventRecorder::note(const json::Value& about, EventType type, std::string_view component,
                         std::string_view reason, std::string_view message) {
  const std::string_view type_text = type == EventType::normal ? "Normal" : "Warning";
  const auto text = message.substr(0, kMaxMessage);
  const auto key = fmt::format("{}|{}/{}|{}|{}|{}", json::string_or(about, "metadata.uid"),
                               json::string_or(about, "metadata.namespace"), json::string_or(about, "metadata.name"),
                               type_text, reason, text);
  if (queue_.size() >= kMaxQueue) {
    dropped_.add();
    return;
  }
  forget_old();
  const auto now = to_iso8601(env_.clock.wall(), Stamp::seconds_z);
  auto& series = series_[key];
  if (series.event.is_null()) {
    auto ns = json::string_or(about, "metadata.namespace");
    if (ns.empty()) ns = "default";
    json::Object metadata{
        {"name", fmt::format("{}.{}", json::string_or(about, "metadata.name"), make_hex_id(env_.random).substr(16))},
        {"namespace", ns}};
    series.event = json::Object{{"apiVersion", "v1"},
                                {"kind", "Event"},
                                {"metadata", std::move(metadata)},
                                {"involvedObject", reference_to(about)},
                                {"reason", reason},
                                {"message", text},
                                {"source", json::Object{{"component", component}}},
                                {"firstTimestamp", now},
                                {"lastTimestamp", now},
                                {"count", 0},
                                {"type", type_text},
                                {"reportingComponent", component},
                                {"reportingInstance", instance_}};
  }
  auto& event = series.event.as_object();
  event["lastTimestamp"] = now;
  event["count"] = json::int_or(series.event, "count") + 1;
  series.last = env_.clock.steady();
  // While one writing is still waiting, the next repetition rides along.
  if (series.unwritten++ == 0) {
    queue_.push_back(key);
    work_.notify_all();
  }
}

Task<> EventRecorder::run() {
  for (;;) {
    while (queue_.empty()) co_await work_.wait();
    const std::string key = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    co_await write(key);
    busy_ = false;
  }
}

Task<> EventRecorder::flush(Duration patience) {
  const auto until = env_.clock.steady() + patience;
  while ((busy_ || !queue_.empty()) && env_.clock.steady() < until) {
    co_await env_.timers.sleep(std::chrono::milliseconds(5));
  }
}

Task<> EventRecorder::write(std::string key) {
  auto found = series_.find(key);
  if (found == series_.end()) co_return;
  found->second.unwritten = 0;
  const auto event = found->second.event;
  const auto ns = namespace_of(event);
  Result<json::Value> answer = fail(Errc::not_found, "");
  if (const auto name = found->second.name; !name.empty()) {
    const json::Object counted{{"count", event.at("count")}, {"lastTimestamp", event.at("lastTimestamp")}};
    answer = co_await client_.patch(kEvents.path(ns, name), Patch::merge, counted);
  }
  // Never written, or the API server has let it expire.
  if (!answer && answer.error().code == Errc::not_found) answer = co_await client_.create(kEvents.path(ns), event);
  found = series_.find(key);
  if (!answer) {
    dropped_.add();
    env_.log.warn("event not written",
                  {{"reason", json::string_or(event, "reason")}, {"error", answer.error().what}});
    co_return;
  }
  written_.add();
  if (found != series_.end())
    found->second.name = json::string_or(*answer, "metadata.name", json::string_or(event, "metadata.name"));
}

void EventRecorder::forget_old() {
  if (series_.size() < kMaxSeries) return;
  const auto now = env_.clock.steady();
  std::erase_if(series_,
                [&](const auto& item) { return item.second.unwritten == 0 && now - item.second.last > kSeriesLife; });
  // All of them young: forget those that are written; at worst an event stands there twice.
  if (series_.size() >= kMaxSeries)
    std::erase_if(series_, [](const auto& item) { return item.second.unwritten == 0; });
}

}  // namespace fairway::kube
