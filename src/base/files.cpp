#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace fairway {

Result<std::string> read_whole_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail_errno("open " + path, errno);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

namespace {

Result<> write_whole_file(const std::string& path, std::string_view content, mode_t mode) {
  const std::string fresh = path + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return fail_errno("write " + fresh, errno);
  ::fchmod(fd, mode);  // one that an earlier writer left behind has its own
  const ssize_t written = ::write(fd, content.data(), content.size());
  const int error = errno;
  ::close(fd);
  if (written != static_cast<ssize_t>(content.size())) return fail_errno("write " + fresh, error);
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return fail_errno("write " + path, errno);
  return {};
}

}  // namespace

Result<> write_private_file(const std::string& path, std::string_view content) {
  return write_whole_file(path, content, 0600);
}

Result<> write_private_script(const std::string& path, std::string_view content) {
  return write_whole_file(path, content, 0700);
}

}  // namespace fairway
