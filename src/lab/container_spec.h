// From a Pod's container and its image to what is executed: the arguments, the environment, the files. Pure.
//
// Reference: Kubernetes' Container v1 core and the kubelet's rules for command, args and $(NAME).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "json/value.h"
#include "lab/images.h"

namespace fairway::lab {

struct ContainerFile {
  std::string path, content;
};
BOOST_DESCRIBE_STRUCT(ContainerFile, (), (path, content))

struct ContainerMount {
  std::string source;  // a directory on the machine; empty: an empty one in memory
  std::string path;    // in the container
  bool read_only = false;
};
BOOST_DESCRIBE_STRUCT(ContainerMount, (), (source, path, read_only))

// What lab/container_main.h executes, handed over as a JSON file.
struct ContainerSpec {
  std::vector<std::string> argv;
  std::vector<std::string> env;  // "NAME=value"; nothing else is inherited
  std::string working_dir = "/";
  std::string user;      // "root", "1000", "1000:1000"
  std::string hostname;  // the pod's name
  std::string address;   // the pod's IP, for /etc/hosts
  std::string network_namespace;
  std::string log_file;  // stdout and stderr are appended there
  std::string pid_file;  // where the process id is written once the program runs
  std::string root_dir;  // an empty directory that becomes the container's root
  std::vector<ContainerFile> files;
  std::vector<ContainerMount> mounts;
  bool read_only_root = false;
};
BOOST_DESCRIBE_STRUCT(ContainerSpec, (),
                      (argv, env, working_dir, user, hostname, address, network_namespace, log_file, pid_file,
                       root_dir, files, mounts, read_only_root))

// What a pod knows of itself when its containers start.
struct PodPlace {
  std::string pod_ip, node_ip, node_name;
  std::map<std::string, std::string> services;  // variables (lab/service_env.h)
};

// Reads ConfigMaps ("configmaps") and Secrets ("secrets") of the pod's namespace; null when it does not exist. Values
// of Secrets are decoded.
using ConfigLookup =
    std::function<const std::map<std::string, std::string>*(std::string_view kind, const std::string& name)>;

// argv, env, working_dir, user and the image's files; the rest is the runner's. Error: invalid, in the kubelet's
// words
// ("configmap \"x\" not found").
[[nodiscard]] Result<ContainerSpec> container_spec(const json::Value& pod, const json::Value& container,
                                                   const Image& image, const PodPlace& place,
                                                   const ConfigLookup& lookup);

// The names of ConfigMaps and Secrets that the pod refers to, each once: ("configmaps", name).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> config_references(const json::Value& pod);

// What a fieldPath of the pod stands for: "metadata.name", "metadata.labels['app']", "status.podIP", … Error: invalid.
[[nodiscard]] Result<std::string> pod_field(const json::Value& pod, const PodPlace& place, const std::string& path);

// "$(NAME)" replaced where NAME is known, "$$" is "$", the rest is kept.
[[nodiscard]] std::string expand(std::string_view text, const std::map<std::string, std::string>& variables);

}  // namespace fairway::lab
