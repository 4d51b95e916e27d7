#include "gateway/gateway.h"

#include <optional>

#include "base/backoff.h"
#include "dataplane/files.h"
#include "forwarding/table.h"
#include "gateway/memory.h"
#include "gateway_link/channel.h"
#include "runtime/loop.h"
#include "runtime/sync.h"

namespace fairway::gateway {
namespace {

using gateway_link::ChangeSet;
using gateway_link::Message;
using gateway_link::WholeWorld;
using gateway_link::World;

constexpr auto kFirstReconnect = std::chrono::milliseconds(50), kLastReconnect = std::chrono::milliseconds(2000);
constexpr auto kFirstRetry = std::chrono::milliseconds(500), kLastRetry = std::chrono::milliseconds(30'000);
constexpr auto kPatience = std::chrono::seconds(10);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

const std::vector<double> kBounds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

struct Instruments {
  explicit Instruments(Metrics& metrics)
      : compile(metrics.histogram("fairway_gateway_compile_seconds", "From a world to a forwarding table.", kBounds)),
        apply(
            metrics.histogram("fairway_gateway_apply_seconds", "From a forwarding table to one in force.", kBounds)),
        change(metrics.histogram("fairway_gateway_change_seconds",
                                 "From a change received to its being applied, waits included.", kBounds)),
        connected(metrics.gauge("fairway_gateway_connected", "1 while the stream to the cloud is up.")),
        revision(
            metrics.gauge("fairway_gateway_applied_revision", "Revision of the cloud's store that is in force.")),
        failures(
            metrics.gauge("fairway_gateway_failed_objects", "Objects that the last change could not make true.")),
        reconnects(metrics.counter("fairway_gateway_connects_total", "Streams to the cloud that were opened.")) {}
  Histogram &compile, &apply, &change;
  Gauge &connected, &revision, &failures;
  Counter& reconnects;
};

}  // namespace

struct Gateway::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& context_in, Env& env_in, dataplane::Engine& engine_in, GatewayConfig config_in)
      : context(context_in),
        env(env_in),
        engine(engine_in),
        config(std::move(config_in)),
        memory(config.state_directory),
        instruments(env_in.metrics) {}

  boost::asio::io_context& context;
  Env& env;
  dataplane::Engine& engine;
  GatewayConfig config;
  Memory memory;
  Instruments instruments;
  Gate gate;
  Notify changed, ended;
  World world;
  bool known = false;   // there is a world, from the disk or from the cloud
  bool wanted = false;  // it must be applied (again)
  bool stopping = false;
  std::optional<SteadyTime> waiting_since;
  std::int64_t applied = 0;
  std::shared_ptr<gateway_link::Channel> channel;
  std::vector<gateway_link::ListenerCounters> told_counters;
  std::string told_epoch;
  std::optional<std::vector<gateway_link::MemberHealth>> told_health;  // on this stream

  void recall();
  Task<> follow();
  Task<> serve_stream();
  void take(Message message);
  void want();
  Task<> apply_changes();
  // False when something failed that another try may mend.
  Task<bool> apply_once();
  Task<> report();
  Task<> tell_counters();
  Task<> tell_health();
  void tell_health(gateway_link::Health health);
  void tell(const Message& message);
  // Starts one of the tasks above; it keeps this alive, and stop() waits for it.
  void run(const char* name, Task<> (State::*task)());
};

void Gateway::State::recall() {
  auto kept = memory.recall();
  if (kept) {
    world = *std::move(kept);
    known = true;
    env.log.info("serving what the cloud told last", {{"revision", std::to_string(world.revision)}});
    want();
  } else if (kept.error().code != Errc::not_found) {
    env.log.error("the last state cannot be read; waiting for the cloud", {{"error", kept.error().what}});
  }
}

void Gateway::State::run(const char* name, Task<> (State::*task)()) {
  auto pass = gate.try_enter();
  if (!pass) return;
  spawn_task(context, env.log, name,
             [](std::shared_ptr<State> self, Gate::Pass held, Task<> (State::*body)()) -> Task<> {
               static_cast<void>(held);
               co_await (self.get()->*body)();
             }(shared_from_this(), *std::move(pass), task));
}

Task<> Gateway::State::follow() {
  Backoff backoff(env.random, kFirstReconnect, kLastReconnect);
  while (!stopping) {
    auto opened = co_await gateway_link::connect(config.cloud_address);
    if (stopping) co_return;
    if (opened) {
      channel = *std::move(opened);
      backoff.reset();
      co_await serve_stream();
      channel.reset();
      instruments.connected.set(0);
    } else if (backoff.failures() == 0) {
      env.log.warn("the cloud cannot be reached; serving what is known", {{"error", opened.error().what}});
    }
    if (!stopping) co_await ended.wait(backoff.next());
  }
}

Task<> Gateway::State::serve_stream() {
  const auto stream = channel;
  instruments.connected.set(1);
  instruments.reconnects.add();
  env.log.info("following the cloud", {{"address", config.cloud_address}});
  told_counters.clear();
  told_epoch.clear();
  told_health.reset();
  gateway_link::Hello hello;
  hello.gateway = config.name;
  hello.have_revision = known ? world.revision : 0;
  tell(hello);
  while (!stopping) {
    auto message = co_await stream->receive();
    if (!message) {
      if (!stopping) env.log.warn("the stream to the cloud ended", {{"error", message.error().what}});
      co_return;
    }
    take(*std::move(message));
  }
}

void Gateway::State::take(Message message) {
  Result<> remembered;
  if (auto* whole = std::get_if<WholeWorld>(&message)) {
    world = std::move(whole->world);
    known = true;
    remembered = memory.remember(world);
  } else if (auto* change = std::get_if<ChangeSet>(&message)) {
    gateway_link::apply(world, *change);
    known = true;
    remembered = memory.remember(*change, world);
  } else {
    return;  // nothing else goes this way
  }
  if (!remembered)
    env.log.error("the state is not kept on disk; a restart without the cloud would serve an older one",
                  {{"error", remembered.error().what}});
  want();
}

void Gateway::State::want() {
  wanted = true;
  if (!waiting_since) waiting_since = env.clock.steady();
  changed.notify_all();
}

Task<> Gateway::State::apply_changes() {
  Backoff backoff(env.random, kFirstRetry, kLastRetry);
  bool good = true;
  while (!stopping) {
    if (!wanted && good) co_await changed.wait();
    if (!wanted && !good) co_await changed.wait(backoff.next());
    if (stopping || !known || (!wanted && good)) continue;
    const bool fresh = std::exchange(wanted, false);
    good = co_await apply_once();
    if (good || fresh) backoff.reset();
  }
}

Task<bool> Gateway::State::apply_once() {
  const auto since = std::exchange(waiting_since, std::nullopt).value_or(env.clock.steady());
  const auto began = env.clock.steady();
  const auto table = forwarding::compile(world);
  const auto compiled = env.clock.steady();
  auto report = co_await engine.apply(table);
  const auto done = env.clock.steady();
  instruments.compile.observe(seconds(compiled - began));
  instruments.apply.observe(seconds(done - compiled));
  instruments.change.observe(seconds(done - since));
  instruments.revision.set(static_cast<double>(table.revision));
  instruments.failures.set(static_cast<double>(report.failed.size()));
  applied = table.revision;
  const bool good = report.failed.size() <= table.refused.size();
  tell(gateway_link::Applied{table.revision, std::move(report.failed)});
  if (channel && !told_health) co_await tell_health();
  co_return good;
}

Task<> Gateway::State::report() {
  while (!stopping) {
    co_await ended.wait(config.report_interval);
    if (stopping || !channel || applied == 0) continue;
    co_await tell_health();
    co_await tell_counters();
  }
}

Task<> Gateway::State::tell_counters() {
  auto counters = co_await engine.counters();
  if (!counters) co_return;
  if (counters->listeners == told_counters && counters->epoch == told_epoch) co_return;
  told_counters = counters->listeners;
  told_epoch = counters->epoch;
  tell(*std::move(counters));
}

Task<> Gateway::State::tell_health() {
  auto health = co_await engine.health();
  if (health) tell_health(*std::move(health));
}

void Gateway::State::tell_health(gateway_link::Health health) {
  if (!channel || told_health == health.members) return;
  told_health = health.members;
  tell(std::move(health));
}

void Gateway::State::tell(const Message& message) {
  if (!channel) return;
  if (auto sent = channel->send(message); !sent)
    env.log.debug("not told, the stream is gone", {{"error", sent.error().what}});
}

Result<std::unique_ptr<Gateway>> Gateway::start(boost::asio::io_context& context, Env& env, dataplane::Engine& engine,
                                                GatewayConfig config) {
  FW_TRY_DO(within(dataplane::make_directory(config.state_directory, 0700), "gateway's state_directory"));
  auto state = std::make_shared<State>(context, env, engine, std::move(config));
  engine.on_health([weak = std::weak_ptr<State>(state)](gateway_link::Health health) {
    if (const auto self = weak.lock()) self->tell_health(std::move(health));
  });
  state->recall();
  state->run("gateway: changes", &State::apply_changes);
  state->run("gateway: stream", &State::follow);
  state->run("gateway: reports", &State::report);
  return std::unique_ptr<Gateway>(new Gateway(std::move(state)));  // private constructor
}

Gateway::~Gateway() { state_->stopping = true; }

Task<> Gateway::stop() {
  const auto state = state_;
  state->stopping = true;
  state->engine.on_health(nullptr);
  if (state->channel) state->channel->close();
  state->changed.notify_all();
  state->ended.notify_all();
  if (!co_await state->gate.close(kPatience)) state->env.log.warn("a change is still under way at the gateway's end");
}

std::int64_t Gateway::applied_revision() const { return state_->applied; }
bool Gateway::connected() const { return state_->channel != nullptr; }

}  // namespace fairway::gateway
