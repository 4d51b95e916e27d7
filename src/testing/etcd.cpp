#include "testing/etcd.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>

#include "base/clock.h"
#include "base/strings.h"

namespace fairway::testing {
namespace {

// Below the kernel's ephemeral ports: it must be free again after a restart.
std::uint16_t choose_port() {
  boost::asio::io_context context;
  while (true) {
    std::array<std::byte, 2> random{};
    system_random().fill(random);
    const auto number = std::to_integer<unsigned>(random[0]) * 256 + std::to_integer<unsigned>(random[1]);
    const auto port = static_cast<std::uint16_t>(20'000 + number % 12'000);
    boost::asio::ip::tcp::acceptor acceptor(context, boost::asio::ip::tcp::v4());
    boost::system::error_code error;
    acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, error);
    if (!error) return port;
  }
}

}  // namespace

EtcdServer::EtcdServer(EtcdTls tls, std::vector<std::string> more_arguments)
    : tls_(std::move(tls)), more_arguments_(std::move(more_arguments)), ports_{choose_port(), choose_port()} {
  start();
}

EtcdServer::EtcdServer(Ports ports, Member member) : ports_(ports), member_(std::move(member)) { start(); }

std::vector<std::unique_ptr<EtcdServer>> EtcdServer::cluster(std::size_t members) {
  std::vector<Ports> ports;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < members; ++i) {
    ports.push_back({choose_port(), choose_port()});
    all.push_back(fmt::format("test{}=http://127.0.0.1:{}", i, ports.back().peer));
  }
  std::vector<std::unique_ptr<EtcdServer>> servers;
  for (std::size_t i = 0; i < members; ++i) {
    Member member{fmt::format("test{}", i), fmt::format("{}", fmt::join(all, ","))};
    servers.emplace_back(new EtcdServer(ports[i], std::move(member)));  // private constructor
  }
  return servers;
}

EtcdServer::~EtcdServer() { kill(); }

bool EtcdServer::installed() {
  const char* path = std::getenv("PATH");
  for (const auto folder : split(path == nullptr ? "" : path, ':')) {
    if (std::filesystem::exists(std::filesystem::path(folder) / "etcd")) return true;
  }
  return false;
}

std::string EtcdServer::endpoint() const {
  return fmt::format("{}://127.0.0.1:{}", tls_.certificate_file.empty() ? "http" : "https", ports_.client);
}

std::string EtcdServer::peer() const { return fmt::format("http://127.0.0.1:{}", ports_.peer); }

void EtcdServer::start() {
  const bool alone = member_.initial_cluster.empty();
  std::vector<std::string> argv{"etcd", "--name", member_.name, "--data-dir", folder_.file("data")};
  const auto add = [&argv](std::string option, std::string value) {
    argv.push_back(std::move(option));
    argv.push_back(std::move(value));
  };
  add("--listen-client-urls", endpoint());
  add("--advertise-client-urls", endpoint());
  add("--listen-peer-urls", peer());
  add("--initial-advertise-peer-urls", peer());
  add("--initial-cluster", alone ? member_.name + "=" + peer() : member_.initial_cluster);
  // One member needs no patience to elect itself; several need some, on a busy machine.
  add("--heartbeat-interval", alone ? "10" : "50");
  add("--election-timeout", alone ? "100" : "500");
  add("--logger", "zap");
  argv.emplace_back("--unsafe-no-fsync");
  if (!tls_.certificate_file.empty()) {
    add("--cert-file", tls_.certificate_file);
    add("--key-file", tls_.key_file);
  }
  if (!tls_.client_ca_file.empty()) {
    add("--trusted-ca-file", tls_.client_ca_file);
    argv.emplace_back("--client-cert-auth");
  }
  argv.insert(argv.end(), more_arguments_.begin(), more_arguments_.end());
  process_ =
      start_process({.argv = std::move(argv), .log_file = folder_.file("log"), .die_with_parent = true}).value();
}

void EtcdServer::kill() {
  const ProcessId process = std::exchange(process_, {});
  if (process.pid == 0) return;
  signal_process(process, SIGKILL);
  ::waitpid(process.pid, nullptr, 0);
}

void EtcdServer::freeze() { signal_process(process_, SIGSTOP); }
void EtcdServer::thaw() { signal_process(process_, SIGCONT); }

}  // namespace fairway::testing
