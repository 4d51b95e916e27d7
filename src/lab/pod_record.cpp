#include "lab/pod_record.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "json/described.h"

namespace fairway::lab {

namespace fs = std::filesystem;

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
