// A small cloud and a small world for the gateway's tests: hosts in namespaces, servers and clients in them, and the
// cloud's end of the link. The gateway runs on a loop in a thread of its own, so that tests may block.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <fmt/format.h>

#include "base/strings.h"
#include "dataplane/files.h"
#include "gateway/gateway.h"
#include "gateway_link/channel.h"
#include "net/fabric.h"
#include "net/links.h"
#include "runtime/process.h"
#include "testing/env.h"
#include "testing/namespaces.h"

namespace fairway::gateway {

using namespace std::chrono_literals;

// The machine's own time and randomness: these tests are about the machine.
struct RealEnv {
  testing::KeptLog log;
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), log, metrics};
};

inline sockaddr_in to_sockaddr(const std::string& address, std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  return to;
}

// A TCP connection from a namespace; reads give up after two seconds.
class Connection {
 public:
  Connection(const std::string& ns, const std::string& address, std::uint16_t port,
             std::chrono::milliseconds patience = 2000ms) {
    (void)net::in_namespace(ns, [&]() -> Result<> {
      fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const timeval limit{patience.count() / 1000, patience.count() % 1000 * 1000};
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      const auto to = to_sockaddr(address, port);
      error_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
      return {};
    });
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] int error() const { return error_; }
  // What comes back for it, "" when the connection is gone.
  std::string ask(const std::string& text) {
    if (error_ != 0 || ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) < 0) return {};
    return read();
  }
  std::string read() {
    std::string got(4096, '\0');
    const auto size = ::recv(fd_, got.data(), got.size(), 0);
    got.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return got;
  }

 private:
  int fd_ = -1;
  int error_ = 0;
};

// Answers each read with "<name> <what was read>" and keeps the connection; speaks HTTP when it hears it.
class EchoServer {
 public:
  EchoServer(const std::string& ns, std::string name, std::uint16_t port) : name_(std::move(name)) {
    (void)net::in_namespace(ns, [&]() -> Result<> {
      listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      const int on = 1;
      ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      const auto at = to_sockaddr("0.0.0.0", port);
      if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) throw std::runtime_error("bind");
      ::listen(listener_, 1024);
      return {};
    });
    thread_ = std::thread([this] { serve(); });
  }
  ~EchoServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

 private:
  void serve() {
    std::vector<pollfd> fds{{listener_, POLLIN, 0}};
    while (!stop_) {
      ::poll(fds.data(), fds.size(), 20);
      for (std::size_t i = fds.size(); i-- > 1;) {
        if (fds[i].revents == 0 || answer(fds[i].fd)) continue;
        ::close(fds[i].fd);
        fds.erase(fds.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (fds[0].revents != 0) {
        for (int fd = -1; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
          fds.push_back({fd, POLLIN, 0});
      }
    }
    for (std::size_t i = 1; i < fds.size(); ++i) ::close(fds[i].fd);
  }
  bool answer(int fd) {
    char buffer[4096];
    const auto size = ::recv(fd, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    auto text = name_ + " " + std::string(buffer, static_cast<std::size_t>(size));
    if (text.find(" HTTP/1.") != std::string::npos)
      text = fmt::format("HTTP/1.1 200 OK\r\nSet-Cookie: SESSION={}\r\nContent-Length: {}\r\n\r\n{}", name_,
                         text.size(), text);
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) >= 0;
  }

  std::string name_;
  int listener_ = -1;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// The loop in its thread.
class LoopThread {
 public:
  LoopThread() : work_(boost::asio::make_work_guard(context)), thread_([this] { context.run(); }) {}
  ~LoopThread() {
    work_.reset();
    context.stop();
    thread_.join();
  }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  // Runs a task on the loop and waits for it.
  template <class T>
  T run(Task<T> task) {
    return boost::asio::co_spawn(context, std::move(task), boost::asio::use_future).get();
  }
  void run(std::function<void()> work) {
    run([](std::function<void()> body) -> Task<> {
      body();
      co_return;
    }(std::move(work)));
  }
  boost::asio::io_context context{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// The cloud's end: hands out its world and remembers what it is told.
class FakeCloud {
 public:
  FakeCloud(LoopThread& loop, Env& env, std::string address) : loop_(loop), env_(env), address_(std::move(address)) {
    open();
  }
  ~FakeCloud() { close(); }
  FakeCloud(const FakeCloud&) = delete;
  FakeCloud& operator=(const FakeCloud&) = delete;

  void open() {
    loop_.run([this] {
      auto made = gateway_link::accept(
          loop_.context, env_, address_,
          [this](std::unique_ptr<gateway_link::Channel> channel) { return serve(std::move(channel)); });
      if (!made) throw std::runtime_error(made.error().what);
      acceptor_ = *std::move(made);
    });
  }
  void close() {
    loop_.run([this] {
      if (acceptor_) acceptor_->stop();
      acceptor_.reset();
      if (channel_) channel_->close();
    });
  }
  // Changes the world as a commit would, and tells the gateway. Returns the revision.
  std::int64_t commit(const std::function<void(gateway_link::World&)>& change) {
    std::int64_t revision = 0;
    loop_.run([&] {
      auto before = world_;
      change(world_);
      revision = ++world_.revision;
      const auto told = gateway_link::diff(before, world_);
      sent_at_ = system_clock().steady();
      if (channel_) (void)channel_->send(told);
    });
    return revision;
  }
  // When the last change left.
  [[nodiscard]] SteadyTime sent_at() const { return sent_at_; }
  // Waits until `revision` is applied. False after five seconds.
  bool applied(std::int64_t revision) {
    return wait([&] { return !applied_.empty() && applied_.back().revision >= revision; });
  }
  bool commit_applied(const std::function<void(gateway_link::World&)>& change) { return applied(commit(change)); }
  std::vector<gateway_link::Failure> failures() {
    const std::lock_guard lock(mutex_);
    return applied_.empty() ? std::vector<gateway_link::Failure>{} : applied_.back().failed;
  }
  bool member_becomes(const std::string& member, const std::string& status,
                      std::chrono::milliseconds limit = 5000ms) {
    return wait([&] { return health_[member] == status; }, limit);
  }
  bool counted(const std::function<bool(const gateway_link::ListenerCounters&)>& good, const std::string& listener) {
    return wait([&] { return good(counters_[listener]); });
  }
  gateway_link::ListenerCounters counters(const std::string& listener) {
    const std::lock_guard lock(mutex_);
    return counters_[listener];
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    applied_.clear();
  }

 private:
  bool wait(const std::function<bool()>& good, std::chrono::milliseconds limit = 5000ms) {
    std::unique_lock lock(mutex_);
    return heard_.wait_for(lock, limit, good);
  }
  Task<> serve(std::unique_ptr<gateway_link::Channel> owned) {
    const std::shared_ptr<gateway_link::Channel> channel = std::move(owned);
    channel_ = channel;
    while (true) {
      auto message = co_await channel->receive();
      if (!message) break;
      hear(*message, *channel);
    }
    if (channel_ == channel) channel_.reset();
  }
  void hear(const gateway_link::Message& message, gateway_link::Channel& channel) {
    const std::lock_guard lock(mutex_);
    if (std::holds_alternative<gateway_link::Hello>(message)) (void)channel.send(gateway_link::WholeWorld{world_});
    if (const auto* applied = std::get_if<gateway_link::Applied>(&message)) applied_.push_back(*applied);
    if (const auto* health = std::get_if<gateway_link::Health>(&message)) {
      if (health->whole) health_.clear();
      for (const auto& member : health->members) health_[member.member_id] = member.status;
    }
    if (const auto* counters = std::get_if<gateway_link::Counters>(&message)) {
      for (const auto& listener : counters->listeners) counters_[listener.listener_id] = listener;
    }
    heard_.notify_all();
  }

  LoopThread& loop_;
  Env& env_;
  std::string address_;
  gateway_link::World world_;  // the loop's
  SteadyTime sent_at_;
  std::unique_ptr<gateway_link::Acceptor> acceptor_;
  std::shared_ptr<gateway_link::Channel> channel_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<gateway_link::Applied> applied_;
  std::map<std::string, std::string> health_;
  std::map<std::string, gateway_link::ListenerCounters> counters_;
};

constexpr const char* kPublic = "aaaaaaaa-0000-4000-8000-000000000001";
constexpr const char* kPrivate = "bbbbbbbb-0000-4000-8000-000000000002";
constexpr const char* kRouter = "cccccccc-0000-4000-8000-000000000003";

// The seed's network without its load balancers.
inline void add_network(gateway_link::World& world) {
  world.networks[kPublic] = {kPublic, true, ""};
  world.networks[kPrivate] = {kPrivate, false, ""};
  world.subnets["s-public"] = {"s-public", kPublic, "172.24.4.0/24", ""};
  world.subnets["s-private"] = {"s-private", kPrivate, "10.0.0.0/24", "10.0.0.1"};
  gateway_link::Router router;
  router.id = kRouter;
  router.gateway = {kPublic, "s-public", "11111111-aaaa-4000-8000-000000000001", "172.24.4.2", "fa:16:3e:00:00:01"};
  router.interfaces = {
      {kPrivate, "s-private", "22222222-bbbb-4000-8000-000000000002", "10.0.0.1", "fa:16:3e:00:00:02"}};
  world.routers[kRouter] = router;
}

// A load balancer with one TCP listener on port 80; its members are added by add_member().
inline void add_balancer(gateway_link::World& world, const std::string& name, const std::string& vip,
                         const std::string& floating = "") {
  gateway_link::LoadBalancer balancer;
  balancer.id = "lb-" + name;
  balancer.router_id = kRouter;
  balancer.vip_address = vip;
  balancer.vip_subnet_id = "s-private";
  world.load_balancers[balancer.id] = balancer;
  gateway_link::Listener listener;
  listener.id = "li-" + name;
  listener.load_balancer_id = balancer.id;
  listener.protocol = "TCP";
  listener.port = 80;
  listener.default_pool_id = "p-" + name;
  world.listeners[listener.id] = listener;
  gateway_link::Pool pool;
  pool.id = "p-" + name;
  pool.load_balancer_id = balancer.id;
  pool.protocol = "TCP";
  pool.algorithm = "ROUND_ROBIN";
  world.pools[pool.id] = pool;
  if (!floating.empty()) world.floating_ips["f-" + name] = {"f-" + name, kRouter, kPublic, floating, vip};
}

inline void add_member(gateway_link::World& world, const std::string& balancer, const std::string& id,
                       const std::string& address, std::uint16_t port) {
  gateway_link::Member member;
  member.id = id;
  member.address = address;
  member.port = port;
  world.pools["p-" + balancer].members.push_back(member);
}

inline void remove_balancer(gateway_link::World& world, const std::string& name) {
  world.load_balancers.erase("lb-" + name);
  world.listeners.erase("li-" + name);
  world.pools.erase("p-" + name);
  world.floating_ips.erase("f-" + name);
}

inline GatewayConfig rig_config(const std::string& prefix, const std::string& directory) {
  GatewayConfig made;
  made.name = "test";
  made.cloud_address = "unix:" + directory + "/cloud.sock";
  made.state_directory = directory + "/state";
  made.report_interval = 100ms;
  made.engine.prefix = prefix;
  made.engine.run_directory = directory + "/run";
  return made;
}

// Tries until it is so, at most five seconds.
inline bool eventually(const std::function<bool()>& good) {
  const auto& clock = system_clock();
  for (const auto end = clock.steady() + 5s; clock.steady() < end;) {
    if (good()) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}

// Clients that never rest: some open a connection for each question, some keep theirs and ask again and again.
class Traffic {
 public:
  struct Seen {
    int connections = 0, errors = 0, broken = 0;
    std::string first_error;
  };

  Traffic(std::string ns, std::string address, std::uint16_t port)
      : ns_(std::move(ns)), address_(std::move(address)), port_(port) {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { open_and_close(); });
    threads_.emplace_back([this] { keep(); });
  }
  ~Traffic() { stop(); }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  Seen stop() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void open_and_close() {
    while (!stop_) {
      Connection connection(ns_, address_, port_);
      const auto answer = connection.ask("ping");
      const std::lock_guard lock(mutex_);
      ++seen_.connections;
      if (answer.ends_with("ping")) continue;
      if (seen_.errors++ == 0) seen_.first_error = fmt::format("errno {}, answer '{}'", connection.error(), answer);
    }
  }
  void keep() {
    std::vector<std::unique_ptr<Connection>> kept;
    kept.reserve(20);
    for (int i = 0; i < 20; ++i) kept.push_back(std::make_unique<Connection>(ns_, address_, port_));
    while (!stop_) {
      for (auto& connection : kept) {
        if (connection->ask("ping").ends_with("ping")) continue;
        const std::lock_guard lock(mutex_);
        ++seen_.broken;
        connection = std::make_unique<Connection>(ns_, address_, port_);
      }
      ::poll(nullptr, 0, 10);
    }
  }

  std::string ns_, address_;
  std::uint16_t port_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  Seen seen_;
  std::vector<std::thread> threads_;
};

// Namespaces, hosts, cloud and gateway of one test.
class Rig {
 public:
  Rig() : fabric(names.prefix()), directory("/tmp/" + names.prefix()) {
    std::filesystem::create_directories(directory);
    check(net::make_namespace(fabric.fabric_namespace()));
    cloud = std::make_unique<FakeCloud>(loop, real.env, "unix:" + directory + "/cloud.sock");
  }
  ~Rig() {
    stop_gateway();
    if (!engine) start_engine();
    loop.run(engine->remove_all());
    loop.run([this] { engine.reset(); });
    cloud.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  std::string add_host(const std::string& name, const std::string& network, const std::string& address,
                       const std::string& next_hop) {
    auto ns = names.make(name);
    check(net::make_bridge(fabric.fabric_namespace(), net::Fabric::bridge(network)));
    check(net::make_veth({ns, "eth0", ""}, {fabric.fabric_namespace(), "tap-" + name, ""}));
    check(net::attach_to_bridge(fabric.fabric_namespace(), "tap-" + name, net::Fabric::bridge(network)));
    check(net::add_address(ns, "eth0", address));
    if (!next_hop.empty()) check(net::set_route(ns, "0.0.0.0/0", next_hop, ""));
    return ns;
  }

  void start_engine() {
    loop.run([this] { engine = make_engine(real.env, config().engine); });
  }
  void start_gateway() {
    if (!engine) start_engine();
    loop.run([this] {
      auto started = Gateway::start(loop.context, real.env, *engine, config());
      if (!started) throw std::runtime_error(started.error().what);
      gateway = *std::move(started);
    });
  }
  [[nodiscard]] std::int64_t applied_revision() {
    std::int64_t revision = 0;
    loop.run([&] { revision = gateway->applied_revision(); });
    return revision;
  }
  // Of the process only: what it made stays.
  void stop_gateway() {
    if (gateway) loop.run(gateway->stop());
    loop.run([this] { gateway.reset(); });
  }
  void restart_gateway() {
    stop_gateway();
    loop.run([this] { engine.reset(); });
    cloud->forget();
    start_gateway();
  }

  [[nodiscard]] GatewayConfig config() const {
    auto made = rig_config(names.prefix(), directory);
    made.engine.haproxy = program;
    return made;
  }
  // The HAProxy of the router.
  [[nodiscard]] ProcessId haproxy() const {
    const auto text = dataplane::read_file(directory + "/run/" + router_ns() + "/haproxy.pid");
    const auto pid = text ? parse_int(trim(*text)) : std::nullopt;
    return identify_process(static_cast<int>(pid.value_or(0))).value_or(ProcessId{});
  }
  [[nodiscard]] std::string router_ns() const { return fabric.router_namespace(kRouter); }

  testing::Namespaces names;
  net::Fabric fabric;
  std::string directory;
  std::string program = "haproxy";  // of engines that are made from now on
  RealEnv real;
  LoopThread loop;
  std::unique_ptr<FakeCloud> cloud;
  std::unique_ptr<dataplane::Engine> engine;
  std::unique_ptr<Gateway> gateway;

 private:
  static void check(const Result<>& result) {
    if (!result) throw std::runtime_error(result.error().what);
  }
};

// A client outside, two backends inside, a gateway and its cloud.
class SeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    rig_ = std::make_unique<Rig>();
    client_ = rig_->add_host("client", kPublic, "172.24.4.1/24", "");
    inside_ = rig_->add_host("one", kPrivate, "10.0.0.11/24", "10.0.0.1");
    const auto two = rig_->add_host("two", kPrivate, "10.0.0.12/24", "10.0.0.1");
    one_ = std::make_unique<EchoServer>(inside_, "one", 8080);
    two_ = std::make_unique<EchoServer>(two, "two", 8080);
    rig_->cloud->commit([](auto& world) { add_network(world); });
    if (!in_process()) return;
    rig_->start_gateway();
    ASSERT_TRUE(rig_->cloud->applied(1));
  }
  void TearDown() override {
    if (!rig_ || !HasFailure()) return;
    for (const auto& line : rig_->real.log.lines()) {
      std::string text = line.message;
      for (const auto& [key, value] : line.fields) text += fmt::format(" {}={}", key, value);
      fmt::print(stderr, "{}\n", text);
    }
  }
  [[nodiscard]] virtual bool in_process() const { return true; }
  // A Service with both backends.
  bool add(const std::string& name, const std::string& vip, const std::string& floating = "") {
    return rig_->cloud->commit_applied([&](auto& world) {
      add_balancer(world, name, vip, floating);
      add_member(world, name, name + "-one", "10.0.0.11", 8080);
      add_member(world, name, name + "-two", "10.0.0.12", 8080);
    });
  }

  std::unique_ptr<Rig> rig_;
  std::string client_, inside_;
  std::unique_ptr<EchoServer> one_, two_;
};

}  // namespace fairway::gateway
