#include "cloud/identity/bootstrap.h"

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::array kRoles{"admin",
                            "member",
                            "reader",
                            "load-balancer_admin",
                            "load-balancer_member",
                            "load-balancer_observer",
                            "load-balancer_global_observer",
                            "load-balancer_quota_admin"};

struct Person {
  std::string_view name;
  std::string_view role;
};
// Each has a project of the same name; the administrator has a role in both.
constexpr std::array kPeople{Person{"admin", "admin"}, Person{"demo", "member"}};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail_errno("write " + path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return fail_errno("write " + path, errno);
  return {};
}

Result<std::string> read_password(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return fail_errno("open " + path, errno);
  std::string text(4096, '\0');
  const auto count = ::read(file.get(), text.data(), text.size());
  if (count < 0) return fail_errno("read " + path, errno);
  text.resize(static_cast<std::size_t>(count));
  text = trim(text);
  if (text.empty()) return fail(Errc::invalid, path + ": is empty; delete it, and a password is made");
  return text;
}

// The password in the file; a new one, if there is no such file. A crash leaves either nothing or a whole password.
Result<std::string> password_for(Random& random, const std::string& directory, std::string_view name) {
  const auto path = fmt::format("{}/{}.password", directory, name);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return read_password(path);
  auto password = make_secret(random, 18);
  const auto draft = path + ".new";
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return fail_errno("create " + draft, errno);
    FW_TRY_DO(write_all(file.get(), password + "\n", draft));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return fail_errno("rename " + draft, errno);
  return password;
}

Result<> make_private_directory(const std::string& directory) {
  if (directory.empty())
    return fail(Errc::invalid, "no directory for generated passwords: set cloud.secrets_directory");
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail_errno("make directory " + directory, error.value());
  if (::chmod(directory.c_str(), 0700) != 0) return fail_errno("make " + directory + " private", errno);
  return {};
}

const Role* role_named(const State& state, std::string_view name) {
  for (const auto& [id, row] : state.table<Role>().rows()) {
    if (row.object->name == name) return row.object.get();
  }
  return nullptr;
}

template <class T>
const T* named(const State& state, std::string_view name) {
  const auto found = state.table<T>().find_by("name", name);
  return found.empty() ? nullptr : found.front();
}

void assign(Work& work, const std::string& user, const std::string& project, std::string_view role_name) {
  const auto* role = role_named(work.state(), role_name);
  work.put(RoleAssignment{fmt::format("{}/{}/{}", user, project, role->id), user, project, role->id});
}

void put_people(Work& work, Random& random, const std::array<std::string, kPeople.size()>& hashes) {
  for (const auto& person : kPeople) {
    Project project{.id = make_hex_id(random), .name = std::string(person.name), .domain_id = "default"};
    project.description = fmt::format("The project of {}", person.name);
    work.put(std::move(project));
  }
  for (std::size_t i = 0; i < kPeople.size(); ++i) {
    const auto project_id = named<Project>(work.state(), kPeople[i].name)->id;
    User user{.id = make_hex_id(random), .name = std::string(kPeople[i].name), .domain_id = "default"};
    user.default_project_id = project_id;
    user.password_hash = hashes[i];
    assign(work, user.id, project_id, kPeople[i].role);
    if (kPeople[i].role == "admin") assign(work, user.id, named<Project>(work.state(), "demo")->id, "admin");
    if (kPeople[i].name == "demo") assign(work, user.id, project_id, "load-balancer_member");
    work.put(std::move(user));
  }
}

}  // namespace

Task<Result<>> bootstrap(Ledger& ledger, Env& env, Passwords& passwords, std::string secrets_directory) {
  if (ledger.state().find<Domain>("default") != nullptr) co_return Result<>{};
  FW_CO_TRY_DO(make_private_directory(secrets_directory));
  std::array<std::string, kPeople.size()> hashes;
  for (std::size_t i = 0; i < kPeople.size(); ++i) {
    FW_CO_TRY(auto password, password_for(env.random, secrets_directory, kPeople[i].name));
    hashes[i] = co_await passwords.hash(std::move(password));
  }
  // One transaction: a cloud has all of it or none.
  auto done = co_await ledger.change<bool>([&](Work& work) -> Result<bool> {
    work.put(Domain{.id = "default", .name = "Default", .description = "The default domain"});
    for (const auto* name : kRoles) work.put(Role{.id = make_hex_id(env.random), .name = name});
    put_people(work, env.random, hashes);
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  env.log.info("a new cloud: made the default domain, its roles, and the users admin and demo",
               {{"secrets", secrets_directory}});
  co_return Result<>{};
}

}  // namespace fairway::cloud::identity
