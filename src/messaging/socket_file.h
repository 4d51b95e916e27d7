// The unix socket file that a channel listens on or connects to.
#pragma once

#include <string>

#include <boost/asio/local/stream_protocol.hpp>

#include "base/result.h"

namespace fairway::messaging {

// "unix:/run/fairway/gateway.sock" -> the path. Error: invalid.
[[nodiscard]] Result<std::string> socket_path(const std::string& address);

// The folder of a socket, held open, so that a path longer than the 107 bytes of sun_path can be used through /proc.
class SocketFile {
 public:
  // Errors: not_found, denied, … of the folder.
  [[nodiscard]] static Result<SocketFile> at(std::string path);
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

  [[nodiscard]] boost::asio::local::stream_protocol::endpoint endpoint() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  // Removes a file that no process listens on. Error: conflict (somebody does, or it is no socket).
  [[nodiscard]] Result<> remove_stale() const;
  // Identity of the file now there (0: none), so that only one's own is ever removed.
  [[nodiscard]] std::uint64_t inode() const;

 private:
  SocketFile(std::string path, int folder) : path_(std::move(path)), folder_(folder) {}
  std::string path_;
  int folder_ = -1;
};

}  // namespace fairway::messaging
