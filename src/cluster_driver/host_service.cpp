#include "cluster_driver/host_service.h"

#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/files.h"
#include "json/described.h"

namespace fairway::cluster_driver {

namespace {

struct ServiceRecord {
  int pid = 0;
  std::uint64_t start_ticks = 0;
  std::string fingerprint;
  bool stopped = false;  // by a person
};
BOOST_DESCRIBE_STRUCT(ServiceRecord, (), (pid, start_ticks, fingerprint, stopped))

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::seconds kLongestPause{5};
// One that ran for so long may be started again at once.
constexpr std::chrono::seconds kRanWell{10};

ServiceRecord load_record(const std::string& path) {
  const auto text = read_whole_file(path);
  if (!text) return {};
  const auto value = json::parse(*text);
  if (!value) return {};
  return json::decode<ServiceRecord>(*value).value_or(ServiceRecord{});
}

std::string fingerprint_of(const ServiceSpec& spec) {
  std::string all = spec.process.network_namespace + "\n" + spec.reads;
  for (const std::string& word : spec.process.argv) all += "\n" + word;
  return fmt::format("{:016x}", std::hash<std::string>{}(all));
}

}  // namespace

HostService::HostService(boost::asio::io_context& context, Env& env, std::function<void()> changed)
    : env_(env), changed_(std::move(changed)), tasks_(context, env.log) {}

Task<Result<>> HostService::run(ServiceSpec spec) {
  std::string fingerprint = fingerprint_of(spec);
  if (specified_ && fingerprint == fingerprint_) {
    if (!process_ && !stopped_) co_return begin();
    co_return Result<>{};
  }
  const bool first = !specified_;
  spec_ = std::move(spec);
  fingerprint_ = std::move(fingerprint);
  specified_ = true;
  if (first) {
    adopt();
  } else {
    co_await end(std::chrono::seconds(3));
  }
  Result<> begun;
  if (!process_ && !stopped_) begun = begin();
  if (first) tasks_.spawn("service " + spec_.name, keep());
  wake_.notify_all();
  co_return begun;
}

// One of an earlier driver, if it runs as it should; another one is ended.
void HostService::adopt() {
  const ServiceRecord record = load_record(spec_.record_file);
  stopped_ = record.stopped;
  const ProcessId process{record.pid, record.start_ticks};
  if (record.pid == 0 || !process_alive(process)) return;
  if (record.fingerprint == fingerprint_ && !stopped_) {
    process_ = process;
    env_.log.info("a service was found running",
                  {{"service", spec_.name}, {"host", spec_.host}, {"pid", std::to_string(record.pid)}});
    return;
  }
  signal_process(process, SIGKILL);
}

Result<> HostService::begin() {
  if (process_) return {};  // somebody else was quicker
  auto started = start_process(spec_.process);
  if (!started)
    return std::unexpected(std::move(started).error().within(fmt::format("{} on {}", spec_.name, spec_.host)));
  process_ = *started;
  save();
  env_.log.info("a service was started",
                {{"service", spec_.name}, {"host", spec_.host}, {"pid", std::to_string(process_->pid)}});
  wake_.notify_all();
  return {};
}

void HostService::save() const {
  const ServiceRecord record{.pid = process_ ? process_->pid : 0,
                             .start_ticks = process_ ? process_->start_ticks : 0,
                             .fingerprint = fingerprint_,
                             .stopped = stopped_};
  const Result<> saved = write_private_file(spec_.record_file, json::write(json::encode(record)) + "\n");
  if (!saved) env_.log.warn("what a service runs as could not be noted", {{"why", saved.error().what}});
}

Task<> HostService::keep() {
  Backoff backoff(env_.random, kFirstPause, kLongestPause);
  for (;;) {
    if (!process_) {
      co_await wake_.wait();
      continue;
    }
    const ProcessId watched = *process_;
    const SteadyTime begun = env_.clock.steady();
    const ProcessEnd ended = co_await wait_process(watched);
    if (process_ != watched) continue;  // ended by us, another may run already
    process_.reset();
    changed_();
    env_.log.warn("a service ended by itself", {{"service", spec_.name},
                                                {"host", spec_.host},
                                                {"exit_code", std::to_string(ended.exit_code)},
                                                {"signal", std::to_string(ended.signal)}});
    if (env_.clock.steady() - begun > kRanWell) backoff.reset();
    co_await env_.timers.sleep(backoff.next());
    if (!process_ && !stopped_) {
      const Result<> again = begin();
      if (!again) env_.log.warn("a service could not be started", {{"why", again.error().what}});
      changed_();
    }
  }
}

Task<> HostService::end(Duration patience) {
  if (!process_) co_return;
  const ProcessId process = *process_;
  process_.reset();
  co_await stop_process(env_, process, patience);
}

Task<Result<>> HostService::start() {
  stopped_ = false;
  if (process_) co_return Result<>{};
  const Result<> begun = begin();
  changed_();
  co_return begun;
}

Task<Result<>> HostService::stop(Duration patience) {
  stopped_ = true;
  co_await end(patience);
  save();
  changed_();
  co_return Result<>{};
}

Task<Result<>> HostService::restart(Duration patience) {
  stopped_ = false;
  co_await end(patience);
  const Result<> begun = begin();
  changed_();
  co_return begun;
}

Task<> HostService::remove(std::string record_file, Duration patience) {
  co_await tasks_.stop();
  const ServiceRecord record = load_record(record_file);
  const ProcessId process{record.pid, record.start_ticks};
  process_.reset();
  if (record.pid != 0 && process_alive(process)) co_await stop_process(env_, process, patience);
  std::error_code ignored;
  std::filesystem::remove(record_file, ignored);
}

}  // namespace fairway::cluster_driver
