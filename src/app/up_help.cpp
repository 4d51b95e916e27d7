#include "app/up_help.h"

#include <filesystem>

#include <fmt/format.h>

#include "app/role.h"
#include "app/role_files.h"
#include "base/strings.h"
#include "json/value.h"

namespace fairway::app {

namespace {

constexpr std::uintmax_t kLittle = 64UL * 1024;

// The last lines of a text, each indented on a line of its own; empty when there are none.
std::string last_lines(std::string_view text, std::size_t count) {
  if (trim(text).empty()) return "";
  const auto lines = split(trim(text), '\n');
  std::string out;
  for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i)
    out += "\n    " + std::string(lines[i]);
  return out;
}

}  // namespace

std::string up_help(const Instance& instance, const UpOptions& options, std::chrono::milliseconds took) {
  std::string text = fmt::format(R"(fairway up: everything serves after {} ms ({})
  Kubernetes  https://127.0.0.1:{}    OpenStack  http://127.0.0.1:{}/identity/v3
  Dashboard   http://127.0.0.1:{}/dashboard/  (user demo, project demo; the password is in secrets/demo.password)

In another terminal:
  . {}                        (the demo project; openrc.admin is the administrator's)
  kubectl get nodes
  openstack loadbalancer list
  fairway lab exec client -- curl -s http://ADDRESS/
)",
                                 took.count(), instance.dir(), instance.port("kube-api"), instance.port("cloud"),
                                 instance.port("cloud"), shell_word(instance.path("openrc")));
  for (const std::string& publish : options.publish)
    text += fmt::format("  http://{}/ leads to {}\n", publish.substr(0, publish.find('=')),
                        publish.substr(publish.find('=') + 1));
  return text + "Ctrl-C ends it and leaves the machine as it was; the state stays in the directory.\n";
}

std::string last_words(std::string_view log) {
  const auto lines = split(trim(log), '\n');
  const auto line = lines.empty() ? std::string_view() : lines.back();
  const auto entry = json::parse(line);
  if (!entry || json::string_or(*entry, "message") != kCouldNotServe) return "";
  return json::string_or(*entry, "why");
}

std::string why_not_ready(const Instance& instance, const std::string& role, std::string_view seen) {
  const std::string file = instance.role_log(role);
  const std::string log = read_whole_file(file).value_or("");
  std::error_code error;
  const auto space = std::filesystem::space(instance.dir(), error);
  const std::string full =
      !error && space.available < kLittle
          ? fmt::format("there is no space left on the disk of {}: make room there, then start again; ",
                        instance.dir())
          : "";
  if (const std::string said = last_words(log); !said.empty())
    return fmt::format("{} could not serve: {}; {}its log is {}", role, said, full, file);
  return fmt::format("{} did not become ready: {}; {}its log is {}{}", role, seen, full, file, last_lines(log, 5));
}

}  // namespace fairway::app
