#include "lab/container_process.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "base/strings.h"
#include "json/described.h"

namespace fairway::lab {

namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

Result<ContainerSpec> read_container_spec(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail_errno("read " + path, errno);
  FW_TRY(const json::Value value, within(json::parse(text.str()), path));
  return within(json::decode<ContainerSpec>(value), path);
}

// "root", "www-data", "1000", "1000:1000".
Result<Identity> identity_of(const std::string& text) {
  Identity identity;
  const auto parts = split(text, ':');
  if (const auto number = parse_int(parts[0])) {
    identity.user = static_cast<uid_t>(*number);
  } else if (const passwd* entry = ::getpwnam(std::string(parts[0]).c_str()); entry != nullptr) {
    identity = {entry->pw_uid, entry->pw_gid};
  } else if (!text.empty()) {
    return fail(Errc::invalid, fmt::format("unable to find user {}: no matching entries in passwd file", parts[0]));
  }
  if (parts.size() > 1) {
    const auto number = parse_int(parts[1]);
    if (!number) return fail(Errc::invalid, fmt::format("the group of user {} is not a number", text));
    identity.group = static_cast<gid_t>(*number);
  }
  return identity;
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// What a container's root may do: the usual set of container runtimes, without raising anything again.
void give_up_capabilities() {
  constexpr int kKept[] = {CAP_CHOWN,   CAP_DAC_OVERRIDE,     CAP_FSETID,     CAP_FOWNER,     CAP_MKNOD,
                           CAP_NET_RAW, CAP_SETGID,           CAP_SETUID,     CAP_SETFCAP,    CAP_SETPCAP,
                           CAP_KILL,    CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_AUDIT_WRITE};
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if (std::ranges::find(kKept, capability) == std::end(kKept)) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

Result<> become(const Identity& identity) {
  if (::setgroups(0, nullptr) != 0) return fail_errno("drop groups", errno);
  if (::setgid(identity.group) != 0) return fail_errno("set group", errno);
  if (::setuid(identity.user) != 0) return fail_errno("set user", errno);
  return {};
}

Result<> execute(std::vector<std::string> words, const std::vector<std::string>& env) {
  ::clearenv();
  for (const std::string& variable : env) {
    const auto equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> argv = pointers(words);
  ::execvp(argv[0], argv.data());
  if (errno == ENOENT)
    return fail(Errc::not_found, fmt::format("exec: \"{}\": executable file not found in $PATH", words[0]));
  return fail_errno(fmt::format("exec: \"{}\"", words[0]), errno);
}

}  // namespace fairway::lab
