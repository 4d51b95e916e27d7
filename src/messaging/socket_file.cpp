#include "messaging/socket_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

namespace fairway::messaging {
namespace {

using boost::asio::local::stream_protocol;

constexpr std::string_view kScheme = "unix:";
constexpr std::size_t kLongestPath = 107;  // sun_path without its final zero

}  // namespace

Result<std::string> socket_path(const std::string& address) {
  if (!address.starts_with(kScheme) || address.size() <= kScheme.size() || address[kScheme.size()] != '/') {
    return fail(Errc::invalid,
                fmt::format("message socket: '{}' is no address; write unix:/absolute/path.sock", address));
  }
  return address.substr(kScheme.size());
}

Result<SocketFile> SocketFile::at(std::string path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  const int folder = ::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return fail_errno(fmt::format("message socket: open the folder {}", parent), errno);
  return SocketFile(std::move(path), folder);
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::move(other.path_)), folder_(std::exchange(other.folder_, -1)) {}

SocketFile::~SocketFile() {
  if (folder_ >= 0) ::close(folder_);
}

stream_protocol::endpoint SocketFile::endpoint() const {
  if (path_.size() <= kLongestPath) return {path_};
  return {fmt::format("/proc/self/fd/{}/{}", folder_, std::filesystem::path(path_).filename().string())};
}

Result<> SocketFile::remove_stale() const {
  struct stat file{};
  if (::lstat(path_.c_str(), &file) != 0) return {};
  if (!S_ISSOCK(file.st_mode)) {
    return fail(Errc::conflict, fmt::format("message socket: {} is no socket; move it away", path_));
  }
  boost::asio::io_context context;
  stream_protocol::socket probe(context);
  boost::system::error_code error;
  probe.connect(endpoint(), error);
  if (error != boost::asio::error::connection_refused) {
    return fail(Errc::conflict, fmt::format("message socket: another process listens on {}; stop it first", path_));
  }
  ::unlink(path_.c_str());
  return {};
}

std::uint64_t SocketFile::inode() const {
  struct stat file{};
  return ::lstat(path_.c_str(), &file) == 0 ? file.st_ino : 0;
}

}  // namespace fairway::messaging
