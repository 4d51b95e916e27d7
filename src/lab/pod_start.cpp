// How a pod's container comes to run, and how the pod's status reaches the API.
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/strings.h"
#include "json/described.h"
#include "lab/container_spec.h"
#include "lab/pod_slot.h"
#include "lab/projected.h"
#include "lab/service_env.h"

namespace fairway::lab {

namespace fs = std::filesystem;
using Kind = ContainerState::Kind;

namespace {

int signal_number(const std::string& name) {
  if (name == "SIGQUIT") return SIGQUIT;
  return name == "SIGINT" ? SIGINT : SIGTERM;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return std::string(trim(text.str()));
}

Result<> write_text(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (!file) return fail_errno("write " + path, errno);
  return {};
}

// How a program ended that was over before anybody could wait for it: our child by now, since its starter has ended.
ProcessEnd end_of_child(int pid) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return {};
  if (info.si_code == CLD_EXITED) return {.exit_code = info.si_status, .signal = 0};
  return {.exit_code = -1, .signal = info.si_status};
}

// What every container of the catalogue is called where a runtime would give a digest.
std::string image_id(const ImageReference& reference) { return "lab://" + reference.canonical; }

std::map<std::string, std::string> data_of(const json::Value& object, bool secret) {
  std::map<std::string, std::string> data;
  for (const auto& item : json::object_or_empty(object, "data")) {
    if (!item.value().is_string()) continue;
    const std::string text(item.value().get_string());
    data[std::string(item.key())] = secret ? base64_decode(text).value_or("") : text;
  }
  for (const auto& item : json::object_or_empty(object, "binaryData")) {
    if (item.value().is_string())
      data[std::string(item.key())] = base64_decode(std::string_view(item.value().get_string())).value_or("");
  }
  return data;
}

}  // namespace

void PodRunner::note_image_problem(Slot& slot, std::string_view reason, const std::string& message) {
  slot.state.kind = Kind::waiting;
  // The first failure says what is wrong, the later ones that it is waited for.
  const bool again = slot.failed_starts > 0 && reason == "ErrImagePull";
  slot.state.reason = again ? "ImagePullBackOff" : std::string(reason);
  slot.state.message = again ? fmt::format("Back-off pulling image \"{}\"", slot.state.image) : message;
  event(kube::EventType::warning, "Failed", message);
  event(kube::EventType::warning, "Failed", "Error: " + std::string(reason));
  if (reason == "ErrImagePull")
    event(kube::EventType::normal, "BackOff", fmt::format("Back-off pulling image \"{}\"", slot.state.image));
}

Task<Result<>> PodRunner::start_container(Slot& slot) {
  const json::Value* container = container_json(slot);
  if (container == nullptr) co_return fail(Errc::not_found, "the pod has no such container any more");
  slot.state.image = json::string_or(*container, "image");
  const auto reference = parse_image(slot.state.image);
  if (!reference) {
    note_image_problem(slot, "InvalidImageName",
                       fmt::format("Failed to apply default image tag \"{0}\": couldn't parse image name \"{0}\": "
                                   "invalid reference format",
                                   slot.state.image));
    co_return fail(Errc::invalid, slot.state.message);
  }
  const Image* image = find_image(shared_.config.images, *reference);
  if (image == nullptr) {
    event(kube::EventType::normal, "Pulling", fmt::format("Pulling image \"{}\"", slot.state.image));
    note_image_problem(
        slot, "ErrImagePull",
        fmt::format("Failed to pull image \"{}\": failed to resolve reference \"{}\": not found in the "
                    "lab's catalogue of images",
                    slot.state.image, reference->canonical));
    co_return fail(Errc::not_found, slot.state.message);
  }
  event(kube::EventType::normal, "Pulled",
        fmt::format("Container image \"{}\" already present on machine", slot.state.image));
  slot.state.image_id = image_id(*reference);
  slot.stop_signal = signal_number(image->stop_signal);
  const auto spec = co_await make_spec(slot, *image);
  if (!spec) {
    slot.state.reason = "CreateContainerConfigError";
    slot.state.message = spec.error().what;
    event(kube::EventType::warning, "Failed", "Error: " + spec.error().what);
    co_return fail(Errc::invalid, spec.error().what);
  }
  Result<> launched = co_await launch(slot, *spec);
  co_return launched;
}

Task<Result<ContainerSpec>> PodRunner::make_spec(Slot& slot, const Image& image) {
  FW_CO_TRY_DO(co_await read_config_objects());
  FW_CO_TRY_DO(co_await read_tokens());
  const ConfigLookup lookup = [this](std::string_view kind, const std::string& name) {
    return config_object(kind, name);
  };
  const json::Value* container = container_json(slot);
  if (container == nullptr) co_return fail(Errc::not_found, "the pod has no such container any more");
  FW_CO_TRY(ContainerSpec spec, container_spec(pod_, *container, image, place(), lookup));
  const std::string folder = pod_folder(shared_.config.state_dir, record_.uid) + "/" + slot.state.name;
  const std::string logs = fmt::format("{}/{}_{}_{}/{}", shared_.config.pod_log_dir, record_.ns, record_.name,
                                       record_.uid, slot.state.name);
  std::error_code error;
  fs::create_directories(folder + "/root", error);
  fs::create_directories(logs, error);
  if (error) co_return fail_errno("make " + logs, error.value());
  spec.network_namespace = sandbox_.ns;
  spec.root_dir = folder + "/root";
  spec.pid_file = folder + "/pid";
  spec.log_file = fmt::format("{}/{}.log", logs, slot.state.restart_count);
  FW_CO_TRY_DO(add_volumes(slot, spec));
  co_return spec;
}

Task<Result<>> PodRunner::read_config_objects() {
  config_objects_.clear();
  for (const auto& [kind, name] : config_references(pod_)) {
    const kube::Resource& resource = kind == "configmaps" ? kube::kConfigMaps : kube::kSecrets;
    const auto object = co_await shared_.kube.get(resource.path(record_.ns, name));
    if (object) {
      config_objects_[{kind, name}] = data_of(*object, kind == "secrets");
    } else if (object.error().code != Errc::not_found) {
      co_return std::unexpected(object.error());
    }
  }
  co_return Result<>{};
}

Result<> PodRunner::add_volumes(Slot& slot, ContainerSpec& spec) {
  const json::Value* container = container_json(slot);
  for (const auto& mount : json::array_or_empty(*container, "volumeMounts")) {
    const std::string name = json::string_or(mount, "name");
    const json::Array& volumes = json::array_or_empty(pod_, "spec.volumes");
    const auto volume =
        std::ranges::find_if(volumes, [&](const auto& one) { return json::string_or(one, "name") == name; });
    if (volume == volumes.end()) continue;
    const std::string source = pod_folder(shared_.config.state_dir, record_.uid) + "/volumes/" + name;
    std::error_code error;
    fs::create_directories(source, error);
    if (!error) fs::permissions(fs::path(source).parent_path(), fs::perms::owner_all, error);
    if (error) return fail_errno("make " + source, error.value());
    FW_TRY_DO(fill_volume(*volume, source));
    const bool read_only = json::find(*volume, "configMap") != nullptr || json::find(*volume, "projected") != nullptr;
    std::string sub = json::string_or(mount, "subPath");
    spec.mounts.push_back({sub.empty() ? source : source + "/" + sub, json::string_or(mount, "mountPath"),
                           read_only || json::bool_or(mount, "readOnly")});
  }
  return {};
}

Result<> PodRunner::fill_volume(const json::Value& volume, const std::string& folder) {
  const bool map = json::find(volume, "configMap") != nullptr;
  std::map<std::string, std::string> files;
  if (map || json::find(volume, "secret") != nullptr) {
    const std::string object = json::string_or(volume, map ? "configMap.name" : "secret.secretName");
    const auto* data = config_object(map ? "configmaps" : "secrets", object);
    if (data == nullptr)
      return fail(Errc::invalid, fmt::format("{} \"{}\" not found", map ? "configmap" : "secret", object));
    files = *data;
  } else if (json::find(volume, "projected") != nullptr) {
    const auto lookup = [this](std::string_view kind, const std::string& name) { return config_object(kind, name); };
    files = projected_files(pod_, volume, place(), lookup);
    for (const auto& [where, token] : tokens_) {
      if (where.first == json::string_or(volume, "name")) files[where.second] = token;
    }
  } else if (json::find(volume, "emptyDir") != nullptr) {
    std::error_code ignored;
    fs::permissions(folder, fs::perms::all, ignored);
  } else {
    return fail(
        Errc::unsupported,
        fmt::format("volume {} is none of emptyDir, configMap, secret and projected: the lab's nodes mount no "
                    "others",
                    json::string_or(volume, "name")));
  }
  for (const auto& [path, content] : files) {
    std::error_code error;
    fs::create_directories(fs::path(folder + "/" + path).parent_path(), error);
    FW_TRY_DO(write_text(folder + "/" + path, content));
  }
  return {};
}

PodPlace PodRunner::place() const {
  return {sandbox_.address, node_.address, node_.name, service_environment(shared_.services.items(), pod_)};
}

const std::map<std::string, std::string>* PodRunner::config_object(std::string_view kind,
                                                                   const std::string& name) const {
  const auto found = config_objects_.find({std::string(kind), name});
  return found == config_objects_.end() ? nullptr : &found->second;
}

// An API without service accounts' tokens is no reason not to run: the pod then has the other files.
Task<Result<>> PodRunner::read_tokens() {
  tokens_.clear();
  const std::string account = json::string_or(pod_, "spec.serviceAccountName", "default");
  for (const WantedToken& wanted : wanted_tokens(pod_)) {
    const auto answer = co_await shared_.kube.create(kube::kServiceAccounts.path(record_.ns, account, "token"),
                                                     token_request(pod_, wanted));
    if (answer) {
      tokens_[{wanted.volume, wanted.path}] = json::string_or(*answer, "status.token");
    } else if (answer.error().code == Errc::unavailable || answer.error().code == Errc::timeout) {
      co_return std::unexpected(answer.error());
    }
  }
  co_return Result<>{};
}

Task<Result<>> PodRunner::launch(Slot& slot, const ContainerSpec& spec) {
  const std::string folder = pod_folder(shared_.config.state_dir, record_.uid) + "/" + slot.state.name;
  FW_CO_TRY_DO(write_text(folder + "/spec.json", json::write(json::encode(spec))));
  std::error_code ignored;
  fs::remove(spec.pid_file, ignored);
  fs::remove(folder + "/start.log", ignored);
  ProcessSpec starter;
  starter.argv = {shared_.config.program, "lab-container", folder + "/spec.json"};
  starter.log_file = folder + "/start.log";
  starter.own_session = true;
  ProcessEnd end;
  // A container that runs must be known to the next lab.
  co_await begin_uninterrupted();
  const auto begun = start_process(starter);
  if (begun) end = co_await wait_process(*begun);
  const auto pid = parse_int(read_text(spec.pid_file));
  const auto process = pid ? identify_process(static_cast<int>(*pid)) : std::optional<ProcessId>();
  if (!begun || end.exit_code != 0 || !pid) {
    const std::string why = begun ? read_text(folder + "/start.log") : begun.error().what;
    slot.state.reason = "RunContainerError";
    slot.state.message = "failed to start container \"" + slot.state.name + "\": " + why;
    event(kube::EventType::warning, "Failed", "Error: " + slot.state.message);
    slot.state.last = Termination{128, 0, "StartError", slot.state.message, now(), now()};
    co_await end_uninterrupted(shared_.tasks);
    co_return fail(Errc::invalid, slot.state.message);
  }
  slot.failed_starts = 0;
  slot.started = shared_.env.clock.steady();
  ++slot.run;
  slot.state.kind = Kind::running;
  slot.state.started_at = now();
  slot.state.container_id = fmt::format("lab://{}-{}-{}", record_.uid, slot.state.name, slot.state.restart_count);
  slot.process = process ? *process : ProcessId{static_cast<int>(*pid), 0};
  if (!process) slot.early_end = end_of_child(static_cast<int>(*pid));
  ContainerRecord& record = record_of(slot);
  record.pid = slot.process->pid;
  record.start_ticks = slot.process->start_ticks;
  record.restart_count = slot.state.restart_count;
  record.started_at = slot.state.started_at;
  record.image_id = slot.state.image_id;
  record.container_id = slot.state.container_id;
  record.has_ended = false;
  save();
  co_await end_uninterrupted(shared_.tasks);
  event(kube::EventType::normal, "Created", "Created container: " + slot.state.name);
  event(kube::EventType::normal, "Started", "Started container " + slot.state.name);
  start_probes(slot, false);
  touch();
  co_return Result<>{};
}

Task<> PodRunner::report_loop() {
  Backoff backoff(shared_.env.random, std::chrono::milliseconds(100), std::chrono::seconds(10));
  while (reporting_ || dirty_) {
    if (!dirty_) {
      co_await changed_.wait();
      continue;
    }
    dirty_ = false;
    const Result<> reported = co_await report();
    if (reported) {
      backoff.reset();
    } else if (gone_ || reported.error().code == Errc::not_found) {
      if (gone_ || !reporting_) co_return;
      co_await changed_.wait(backoff.next());
    } else {
      shared_.env.log.warn("a pod's status could not be written", {{"pod", key()}, {"why", reported.error().what}});
      dirty_ = true;
      co_await changed_.wait(backoff.next());
    }
  }
}

Task<Result<>> PodRunner::report() {
  PodState state;
  state.host_ip = node_.address;
  state.pod_ip = ready_for_containers_ ? sandbox_.address : "";
  state.start_time = record_.start_time;
  state.final = final_;
  for (const auto& slot : slots_) {
    (slot->init ? state.init : state.containers).push_back(slot->state);
    if (stopping_ && !slot->process) (slot->init ? state.init : state.containers).back().ready = false;
  }
  json::Value status = pod_status(pod_, state, now());
  if (status == reported_) co_return Result<>{};
  json::Object patch{{"metadata", json::Object{{"uid", record_.uid}}}, {"status", status}};
  const auto answer = co_await shared_.kube.patch(kube::kPods.path(record_.ns, record_.name, "status"),
                                                  kube::Patch::merge, json::Value(std::move(patch)));
  if (!answer) co_return std::unexpected(answer.error());
  reported_ = std::move(status);
  // What the API now has is the base of the next status: its transition times are kept.
  if (auto* own = pod_.if_object(); own != nullptr) {
    if (const json::Value* written = json::find(*answer, "status")) (*own)["status"] = *written;
  }
  co_return Result<>{};
}

}  // namespace fairway::lab
