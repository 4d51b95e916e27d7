// A real etcd for tests: one member, or several, on free ports of 127.0.0.1, each in a folder of its own, gone with the
// object (and with the test program, however that ends). It keeps its data over kill() and start(), for files outlive processes, but
// spares the disk's waiting: it is no test of power loss.
//
// It is being started when the constructor returns; whoever talks to it waits for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/process.h"
#include "testing/temporary_folder.h"

namespace fairway::testing {

// Files of a server that wants certificates; empty: plain HTTP.
struct EtcdTls {
  std::string certificate_file;
  std::string key_file;
  std::string client_ca_file;
};

class EtcdServer {
 public:
  explicit EtcdServer(EtcdTls tls = {}, std::vector<std::string> more_arguments = {});
  // The members of one cluster.
  [[nodiscard]] static std::vector<std::unique_ptr<EtcdServer>> cluster(std::size_t members);
  ~EtcdServer();
  EtcdServer(const EtcdServer&) = delete;
  EtcdServer& operator=(const EtcdServer&) = delete;

  [[nodiscard]] static bool installed();
  [[nodiscard]] std::string endpoint() const;
  // SIGKILL; returns once the process is gone.
  void kill();
  // SIGSTOP and SIGCONT: it is there and does not answer.
  void freeze();
  void thaw();
  void start();

 private:
  struct Ports {
    std::uint16_t client = 0;
    std::uint16_t peer = 0;
  };
  struct Member {
    std::string name = "test";
    std::string initial_cluster;  // empty: itself
  };
  EtcdServer(Ports ports, Member member);
  [[nodiscard]] std::string peer() const;

  TemporaryFolder folder_;
  EtcdTls tls_;
  std::vector<std::string> more_arguments_;
  Ports ports_;
  Member member_;
  ProcessId process_;
};

}  // namespace fairway::testing
