// Events on Kubernetes objects, written in the background: an event that repeats is counted on the one already there,
// not written again, and none of it ever delays or fails the work that it tells of.
#pragma once

#include <deque>
#include <string>

#include "kube/client.h"
#include "runtime/sync.h"

namespace fairway::kube {

enum class EventType { normal, warning };

class EventRecorder {
 public:
  // `client` and `env` outlive this.
  EventRecorder(Client& client, Env& env, std::string reporting_instance);

  // `about` needs kind, apiVersion and metadata. `component` is who speaks ("service-controller").
  void note(const json::Value& about, EventType type, std::string_view component, std::string_view reason,
            std::string_view message);

  // Writes what was noted, until cancelled.
  Task<> run();
  // Until all that was noted is written or has failed, at most `patience`.
  Task<> flush(Duration patience);
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

 private:
  struct Series {
    json::Value event;  // as to be written, count included
    std::string name;   // of the event in the API; empty until it is created
    std::int64_t unwritten = 0;
    SteadyTime last{};
  };

  Client& client_;
  Env& env_;
  std::string instance_;
  std::map<std::string, Series> series_;  // by object, type, reason and message
  std::deque<std::string> queue_;
  Notify work_;
  bool busy_ = false;
  Counter& written_;
  Counter& dropped_;

  Task<> write(std::string key);
  void forget_old();
};

}  // namespace fairway::kube
