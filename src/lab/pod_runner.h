// One pod on one node, from its binding to its end: sandbox, containers, probes, restarts, status, termination.
//
// What runs outlives this object: destroying it leaves the pod alone, and a new runner with the same record adopts
// it. Only run()'s own end, when the pod is gone from the API, undoes everything.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kube/client.h"
#include "kube/events.h"
#include "kube/reflector.h"
#include "lab/container_spec.h"
#include "lab/hosts.h"
#include "lab/pod_record.h"
#include "lab/pod_status.h"
#include "lab/probes.h"
#include "lab/sandbox.h"
#include "runtime/process.h"
#include "runtime/sync.h"
#include "runtime/task_group.h"

namespace fairway::lab {

// What all runners share; outlives them.
struct PodContext {
  TaskGroup& tasks;
  Env& env;
  kube::Client& kube;
  kube::EventRecorder& events;
  const LabConfig& config;
  // Until no new connection comes to this pod's address any more; at most so long. Empty: nobody sends any.
  std::function<Task<>(json::Value pod, std::string address, Duration limit)> wait_for_leave;
  const kube::Reflector& services;
};

class PodRunner {
 public:
  // `record` has uid, ns, name, node and address at least; more when the pod is adopted.
  PodRunner(PodContext& shared, const Node& node, json::Value pod, PodRecord record);
  ~PodRunner();
  PodRunner(const PodRunner&) = delete;
  PodRunner& operator=(const PodRunner&) = delete;

  // Until the pod is gone from the API and from this machine.
  Task<> run();
  // The pod as the API has it now; null: it is gone.
  void update(const json::Value* pod);

  [[nodiscard]] const PodRecord& record() const { return record_; }
  [[nodiscard]] std::string key() const { return record_.ns + "/" + record_.name; }
  [[nodiscard]] bool gone() const { return gone_; }

 private:
  struct Slot;

  Task<> set_up();
  Task<> run_all_containers();
  Task<> run_container(Slot& slot);
  Task<> start_again(Slot& slot);
  Task<Result<>> start_container(Slot& slot);
  Task<Result<>> launch(Slot& slot, const ContainerSpec& spec);
  Task<Result<ContainerSpec>> make_spec(Slot& slot, const Image& image);
  Task<Result<>> read_config_objects();
  Task<Result<>> read_tokens();
  Result<> add_volumes(Slot& slot, ContainerSpec& spec);
  [[nodiscard]] Result<> fill_volume(const json::Value& volume, const std::string& folder);
  [[nodiscard]] PodPlace place() const;
  [[nodiscard]] const std::map<std::string, std::string>* config_object(std::string_view kind,
                                                                        const std::string& name) const;
  Task<> wait_for_end(Slot& slot);
  void note_end(Slot& slot, const ProcessEnd& end);
  Task<> back_off(Slot& slot, std::string reason, std::string message, Duration wait);
  Task<> probe_loop(Slot& slot, int run, std::string kind);
  void start_probes(Slot& slot, bool adopted);
  [[nodiscard]] int restarts_known(const Slot& slot) const;
  [[nodiscard]] bool was_ready(const Slot& slot) const;
  Task<> report_loop();
  Task<Result<>> report();
  Task<> end_containers(Duration grace);
  Task<> ask_to_end(Slot& slot, Duration grace);
  Task<> delete_from_api();
  void clean();

  void spawn(Task<> task);
  Task<> counted(Task<> task);
  void touch();
  void save();
  [[nodiscard]] bool ending() const;
  [[nodiscard]] std::string now() const;
  [[nodiscard]] const json::Value* container_json(const Slot& slot) const;
  [[nodiscard]] std::string restart_policy() const;
  void note_image_problem(Slot& slot, std::string_view reason, const std::string& message);
  [[nodiscard]] ContainerRecord& record_of(const Slot& slot);
  void event(kube::EventType type, std::string_view reason, const std::string& message);

  PodContext& shared_;
  const Node& node_;
  json::Value pod_;
  PodRecord record_;
  Sandbox sandbox_;
  std::vector<std::unique_ptr<Slot>> slots_;  // init containers first
  std::size_t init_count_ = 0;
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>> config_objects_;
  std::map<std::pair<std::string, std::string>, std::string> tokens_;  // by volume and path
  Notify changed_;
  int tasks_ = 0;
  bool ready_for_containers_ = false;
  bool stopping_ = false;  // containers are being ended: none is started any more
  bool final_ = false;
  bool gone_ = false;  // from the API
  bool dirty_ = true;
  bool reporting_ = true;
  json::Value reported_;
};

}  // namespace fairway::lab
