#include "cluster_driver/state.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/files.h"
#include "base/strings.h"
#include "json/described.h"

namespace fairway::cluster_driver {

namespace fs = std::filesystem;

namespace {

template <class T>
Result<T> load(const std::string& path) {
  FW_TRY(const std::string text, read_whole_file(path));
  FW_TRY(const json::Value value, within(json::parse(text), path));
  return within(json::decode<T>(value), path);
}

}  // namespace

Result<> ClusterFolder::make() const {
  for (const char* name : {"", "pki", "etc", "hosts", "run", "logs", "logs/pods"}) {
    std::error_code error;
    const std::string folder = file(name);
    fs::create_directories(folder, error);
    if (error) return fail_errno("make " + folder, error.value());
    if (::chmod(folder.c_str(), 0700) != 0) return fail_errno("set the mode of " + folder, errno);
  }
  return {};
}

Result<> ClusterFolder::save(const cluster_link::ClusterWish& wish) const {
  return write_private_file(file("wish.json"), json::write(json::encode(wish)) + "\n");
}

Result<> ClusterFolder::save(const ClusterState& state) const {
  return write_private_file(file("state.json"), json::write_pretty(json::encode(state)) + "\n");
}

Result<ClusterState> ClusterFolder::load_state() const {
  if (!fs::exists(file("state.json"))) return ClusterState{};
  return load<ClusterState>(file("state.json"));
}

Result<cluster_link::ClusterWish> ClusterFolder::load_wish() const {
  return load<cluster_link::ClusterWish>(file("wish.json"));
}

bool ClusterFolder::exists() const { return fs::exists(path_); }

void ClusterFolder::remove() const {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> clusters_in(const std::string& state_directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(state_directory, error)) {
    if (is_uuid(entry.path().filename().string())) found.push_back(entry.path().filename().string());
  }
  return found;
}

}  // namespace fairway::cluster_driver
