#include "app/up_help.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::app {

std::string up_help(const Instance& instance, const UpOptions& options, std::chrono::milliseconds took) {
  std::string text = fmt::format(R"(fairway up: everything serves after {} ms ({})
  Kubernetes  https://127.0.0.1:{}    OpenStack  http://127.0.0.1:{}/identity/v3
  Dashboard   http://127.0.0.1:{}/dashboard/  (user demo, project demo; the password is in secrets/demo.password)

In another terminal:
  . {}/openrc                        (the demo project; openrc.admin is the administrator's)
  kubectl get nodes
  openstack loadbalancer list
  fairway lab exec client -- curl -s http://ADDRESS/
)",
                                 took.count(), instance.dir(), instance.port("kube-api"), instance.port("cloud"),
                                 instance.port("cloud"), instance.dir());
  for (const std::string& publish : options.publish)
    text += fmt::format("  http://{}/ leads to {}\n", publish.substr(0, publish.find('=')),
                        publish.substr(publish.find('=') + 1));
  return text + "Ctrl-C ends it and leaves the machine as it was; the state stays in the directory.\n";
}

std::string last_lines(const std::string& path, std::size_t count) {
  const auto text = read_whole_file(path);
  if (!text) return "";
  const auto lines = split(trim(*text), '\n');
  std::string out;
  for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i)
    out += "\n    " + std::string(lines[i]);
  return out;
}

}  // namespace fairway::app
