#include "lab/pod_record.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/strings.h"
#include "json/described.h"

namespace fairway::lab {

namespace fs = std::filesystem;

namespace {

ino_t identity_of(const std::string& namespace_file) {
  struct stat facts{};
  return ::stat(namespace_file.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

}  // namespace

std::optional<ProcessId> process_of(const std::string& state_dir, const std::string& uid,
                                    const ContainerRecord& container, const std::string& ns) {
  const ProcessId noted{container.pid, container.start_ticks};
  if (noted.pid != 0) return process_alive(noted) ? std::optional(noted) : std::nullopt;
  std::ifstream file(pod_folder(state_dir, uid) + "/" + container.name + "/pid");
  std::stringstream text;
  text << file.rdbuf();
  const auto pid = parse_int(trim(text.str()));
  if (!pid) return std::nullopt;
  // The number may belong to a stranger by now; a stranger is not in the pod's network.
  const auto own = identity_of("/run/netns/" + ns);
  const bool inside = own != 0 && identity_of("/proc/" + std::to_string(*pid) + "/ns/net") == own;
  return inside ? identify_process(static_cast<int>(*pid)) : std::nullopt;
}

std::vector<ProcessId> processes_of(const std::string& state_dir, const PodRecord& record, const std::string& ns) {
  std::vector<ProcessId> running;
  for (const ContainerRecord& container : record.containers) {
    if (const auto process = process_of(state_dir, record.uid, container, ns)) running.push_back(*process);
  }
  return running;
}

std::string pod_folder(const std::string& state_dir, const std::string& uid) { return state_dir + "/pods/" + uid; }

Result<> save_record(const std::string& state_dir, const PodRecord& record) {
  const std::string folder = pod_folder(state_dir, record.uid);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail_errno("make " + folder, error.value());
  const std::string path = folder + "/pod.json";
  std::ofstream file(path + ".new", std::ios::trunc);
  file << json::write(json::encode(record)) << "\n";
  file.close();
  if (!file || std::rename((path + ".new").c_str(), path.c_str()) != 0) return fail_errno("write " + path, errno);
  return {};
}

std::vector<PodRecord> load_records(const std::string& state_dir) {
  std::vector<PodRecord> records;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(state_dir + "/pods", error)) {
    std::ifstream file(entry.path() / "pod.json");
    std::stringstream text;
    text << file.rdbuf();
    const auto value = json::parse(text.str());
    if (!value) continue;
    auto record = json::decode<PodRecord>(*value);
    if (record && record->uid == entry.path().filename()) records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace fairway::lab
