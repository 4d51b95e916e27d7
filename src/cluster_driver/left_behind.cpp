#include "cluster_driver/left_behind.h"

#include <sys/stat.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "base/strings.h"
#include "cluster_driver/names.h"
#include "cluster_driver/network.h"
#include "controller/service.h"
#include "json/described.h"

namespace fairway::cluster_driver {

namespace fs = std::filesystem;

namespace {

std::string folder_in(const std::string& state_directory) { return state_directory + "/left-behind"; }

std::string file_of(const std::string& state_directory, const std::string& cluster_id) {
  return fmt::format("{}/{}.json", folder_in(state_directory), cluster_id);
}

}  // namespace

std::string what_may_remain(const cluster_link::ClusterWish& wish, const std::string& why) {
  const std::string project = wish.credential.project_name.empty() ? wish.project_id : wish.credential.project_name;
  std::string text = fmt::format(
      "The cloud does not know this cluster and refuses its login ({}), so it was removed from this machine alone. "
      "In "
      "project {} there may still be load balancers, floating IPs and security groups of its own and of its "
      "Services. "
      "With a login of that project: fairway cleanup --cluster-id {} --yes",
      why, project, wish.id);
  if (wish.adopted) return text;
  text += fmt::format(". Then what that does not look at: ports named {}-… (openstack port delete)", wish.stack_name);
  if (has_given_network(wish)) return text + ".";
  const Names names(wish);
  return text + fmt::format(
                    "; openstack router remove subnet {0} {1}; openstack router delete {0}; openstack network "
                    "delete {2}",
                    names.router(), names.subnet(), names.network());
}

std::string what_services_keep(const cluster_link::ClusterWish& wish, const std::string& why) {
  return fmt::format(
      "The cluster {} was released while its API could not be asked ({}). Its Services of type LoadBalancer keep the "
      "address that they had, and the finalizer {}, without which they cannot be deleted. For each, when the API is "
      "back: kubectl patch service NAME -n NAMESPACE --type=merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'",
      wish.name, why, controller::kFinalizer);
}

Result<> note_left_behind(const std::string& state_directory, const Clock& clock,
                          const cluster_link::ClusterWish& wish, std::string text) {
  const std::string folder = folder_in(state_directory);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail_errno("make " + folder, error.value());
  if (::chmod(folder.c_str(), 0700) != 0) return fail_errno("set the mode of " + folder, errno);
  const LeftBehind note{wish.id, wish.name, to_iso8601(clock.wall(), Stamp::seconds_z), std::move(text)};
  return write_private_file(file_of(state_directory, wish.id), json::write_pretty(json::encode(note)) + "\n");
}

std::vector<LeftBehind> left_behind_in(const std::string& state_directory) {
  std::vector<LeftBehind> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_in(state_directory), error)) {
    const auto text = read_whole_file(entry.path().string());
    const auto value = text ? json::parse(*text) : fail(Errc::not_found, "");
    if (!value) continue;
    if (auto note = json::decode<LeftBehind>(*value)) found.push_back(*std::move(note));
  }
  std::ranges::sort(found, {}, [](const LeftBehind& one) { return std::tie(one.at, one.cluster_id); });
  return found;
}

void forget_left_behind(const std::string& state_directory, const std::string& cluster_id) {
  std::error_code ignored;
  fs::remove(file_of(state_directory, cluster_id), ignored);
  fs::remove(folder_in(state_directory), ignored);  // when it is empty
}

}  // namespace fairway::cluster_driver
