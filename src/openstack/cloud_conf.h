// cloud.conf as OpenStack's cloud-controller-manager reads it (gcfg syntax: git-config-like INI), so that an
// operator's file can be handed to Fairway as it is. What Fairway has no use for is left alone, as there.
//
//   [Global]                       sections and keys compare without case
//   auth-url = "https://…/v3"      double quotes with \" \\ \n \t; ; and # begin a comment
//   [LoadBalancerClass "internal"]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "openstack/credentials.h"

namespace fairway::openstack {

class CloudConf {
 public:
  // Errors name the line.
  [[nodiscard]] static Result<CloudConf> parse(std::string_view text, const std::string& file_name);
  [[nodiscard]] static Result<CloudConf> read(const std::string& path);

  // The last value of a key, or nothing when it does not stand there. `section` and `key` in lower case.
  [[nodiscard]] std::optional<std::string> find(std::string_view section, std::string_view key,
                                                std::string_view subsection = "") const;
  [[nodiscard]] std::string value(std::string_view section, std::string_view key) const {
    return find(section, key).value_or("");
  }
  // The names in [Section "name"], in order.
  [[nodiscard]] std::vector<std::string> subsections(std::string_view section) const;

 private:
  struct Entry {
    std::string section, subsection, key, value;
  };
  std::vector<Entry> entries_;
};

// true/yes/on/1 and false/no/off/0 as gcfg has them; nothing else.
[[nodiscard]] std::optional<bool> parse_conf_bool(std::string_view text);
// Go's durations: "5s", "1m30s", "250ms"; a bare number is refused, as there.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text);

// Where clouds.yaml may lie, in the order of trial: OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack,
// /etc/openstack.
[[nodiscard]] std::vector<std::string> clouds_yaml_places(const std::map<std::string, std::string>& environment);

// From [Global] (use-clouds included: then `clouds_yaml` are the places to look). Errors name the key that is
// missing.
[[nodiscard]] Result<Credentials> credentials_from(const CloudConf& conf,
                                                   const std::vector<std::string>& clouds_yaml = {});
// `cloud` empty: the only one in the file.
[[nodiscard]] Result<Credentials> read_clouds_yaml(const std::string& path, std::string_view cloud);
// From OS_*, as handed in (OS_CLOUD included).
[[nodiscard]] Result<Credentials> credentials_from(const std::map<std::string, std::string>& environment);

}  // namespace fairway::openstack
