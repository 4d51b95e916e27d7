#include "dataplane/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

namespace fairway::dataplane {
namespace {

Result<> write_all(int fd, std::string_view text, bool durable) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail_errno("write", errno);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (durable && ::fsync(fd) != 0) return fail_errno("fsync", errno);
  return {};
}

void sync_directory_of(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path();
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<> write_file(const std::string& path, std::string_view text, bool durable) {
  const auto beside = path + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return fail_errno("write " + path, errno);
  auto written = within(write_all(fd, text, durable), "write " + path);
  ::close(fd);
  if (!written) return written;
  if (std::rename(beside.c_str(), path.c_str()) != 0) return fail_errno("write " + path, errno);
  if (durable) sync_directory_of(path);
  return {};
}

Result<> append_file(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return fail_errno("write " + path, errno);
  auto written = within(write_all(fd, text, false), "write " + path);
  ::close(fd);
  return written;
}

Result<std::string> read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? fail(Errc::not_found, path + ": no such file") : fail_errno("read " + path, errno);
  std::string text;
  char buffer[65536];
  ssize_t got = 0;
  while ((got = ::read(fd, buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(got));
  ::close(fd);
  if (got < 0) return fail_errno("read " + path, errno);
  return text;
}

Result<> make_directory(const std::string& path, unsigned mode) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(Errc::unavailable, fmt::format("make directory {}: {}", path, error.message()));
  if (::chmod(path.c_str(), mode) != 0) return fail_errno("set the mode of " + path, errno);
  return {};
}

}  // namespace fairway::dataplane
