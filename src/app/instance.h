// One `fairway up`: its directory, its prefix on the machine, its ports.
//
//   D/instance.json   prefix and ports, chosen once
//   D/ready           while everything serves
//   D/kubeconfig      D/clouds.yaml   D/openrc   D/openrc.admin
//   D/cloud.db        D/kube.db       D/gateway/   D/lab/        state
//   D/logs/           one file a role; pods/ for what pods say
//   D/secrets/        0700: passwords, tokens, application credentials
//   D/run/            the lock, the roles' configurations, the socket between cloud and gateway
//
// A running instance has a line in /run/fairway/instances/<prefix>: its directory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"

namespace fairway::app {

struct InstanceFile {
  std::string prefix;
  std::map<std::string, std::uint16_t> ports;  // "cloud", "kube-api", "health-lab", …
};
BOOST_DESCRIBE_STRUCT(InstanceFile, (), (prefix, ports))

class Instance {
 public:
  // The directory as an absolute path; nothing is touched.
  [[nodiscard]] static Result<Instance> read(const std::string& dir);
  // Makes the directories and chooses prefix and ports, or reads what was chosen before.
  [[nodiscard]] static Result<Instance> open(const std::string& dir, Random& random);

  [[nodiscard]] const std::string& dir() const { return dir_; }
  [[nodiscard]] const std::string& prefix() const { return file_.prefix; }
  [[nodiscard]] std::uint16_t port(const std::string& name) const;
  [[nodiscard]] std::string path(const std::string& name) const { return dir_ + "/" + name; }
  [[nodiscard]] std::string secret(const std::string& name) const { return dir_ + "/secrets/" + name; }
  [[nodiscard]] std::string role_config(const std::string& role) const { return dir_ + "/run/" + role + ".yaml"; }
  [[nodiscard]] std::string role_log(const std::string& role) const { return dir_ + "/logs/" + role + ".log"; }
  [[nodiscard]] std::string gateway_socket() const { return dir_ + "/run/gateway.sock"; }
  [[nodiscard]] std::string cluster_socket() const { return dir_ + "/run/clusters.sock"; }
  // HAProxy's sockets and the like: a short path, since socket paths are bounded.
  [[nodiscard]] std::string machine_run_dir() const { return "/run/fairway/" + file_.prefix; }

  // Chooses the ports again, all free now. For the case that others took one meanwhile.
  [[nodiscard]] Result<> choose_ports();
  [[nodiscard]] bool ports_free() const;

 private:
  Instance(std::string dir, InstanceFile file) : dir_(std::move(dir)), file_(std::move(file)) {}
  [[nodiscard]] Result<> save() const;
  std::string dir_;
  InstanceFile file_;
};

// Which instance a command means: the one named by `dir` (FAIRWAY_DIR or --dir), else the only one that runs. Errors:
// invalid when two run, not_found when none does.
[[nodiscard]] Result<Instance> choose_instance(const std::string& dir);

// Whether its `fairway up` lives.
[[nodiscard]] bool runs(const Instance& instance);
// The directories of running instances.
[[nodiscard]] std::vector<std::string> running_instances();
[[nodiscard]] Result<> announce_instance(const Instance& instance);
void withdraw_instance(const Instance& instance);

}  // namespace fairway::app
