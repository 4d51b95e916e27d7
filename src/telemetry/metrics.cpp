#include "telemetry/metrics.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "base/result.h"

namespace fairway {
namespace {

using Instrument = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;

// Text format 0.0.4: in a label backslash, quote and line break are escaped; in a help text all but the quote.
std::string escape(std::string_view text, bool quote) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quote) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

std::string label_text(const MetricLabels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", key, escape(value, true));
  }
  return out;
}

std::string in_braces(const std::string& labels) { return labels.empty() ? "" : "{" + labels + "}"; }

void write(std::string& out, const std::string& name, const std::string& labels, const Counter& counter) {
  out += fmt::format("{}{} {}\n", name, in_braces(labels), counter.value());
}

void write(std::string& out, const std::string& name, const std::string& labels, const Gauge& gauge) {
  out += fmt::format("{}{} {}\n", name, in_braces(labels), gauge.value());
}

void write(std::string& out, const std::string& name, const std::string& labels, const Histogram& histogram) {
  const auto counts = histogram.cumulative();
  const std::string before = labels.empty() ? "" : labels + ",";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto& bounds = histogram.bounds();
    const std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
    out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, before, bound, counts[i]);
  }
  out += fmt::format("{}_sum{} {}\n", name, in_braces(labels), histogram.sum());
  out += fmt::format("{}_count{} {}\n", name, in_braces(labels), counts.back());
}

void write_any(std::string& out, const std::string& name, const MetricLabels& labels, const Instrument& instrument) {
  std::visit([&](const auto& one) { write(out, name, label_text(labels), *one); }, instrument);
}

}  // namespace

Histogram::Histogram(std::vector<double> upper_bounds)
    : bounds_(std::move(upper_bounds)), counts_(bounds_.size() + 1) {
  FW_CHECK(std::ranges::is_sorted(bounds_));
}

void Histogram::observe(double value) {
  const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> Histogram::cumulative() const {
  std::vector<std::uint64_t> out;
  out.reserve(counts_.size());
  std::uint64_t total = 0;
  for (const auto& count : counts_) out.push_back(total += count.load(std::memory_order_relaxed));
  return out;
}

struct Metrics::Family {
  std::string kind;
  std::string help;
  std::map<MetricLabels, Instrument> instruments;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, std::string_view kind) {
  auto at = families_.find(name);
  if (at == families_.end()) {
    auto made = std::make_unique<Family>(Family{std::string(kind), std::string(help), {}});
    at = families_.emplace(std::string(name), std::move(made)).first;
  }
  FW_CHECK(at->second->kind == kind);
  return *at->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const MetricLabels& labels) {
  const std::scoped_lock lock(mutex_);
  auto [at, added] = family(name, help, "counter").instruments.try_emplace(labels);
  if (added) at->second = std::make_unique<Counter>();
  return *std::get<std::unique_ptr<Counter>>(at->second);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const MetricLabels& labels) {
  const std::scoped_lock lock(mutex_);
  auto [at, added] = family(name, help, "gauge").instruments.try_emplace(labels);
  if (added) at->second = std::make_unique<Gauge>();
  return *std::get<std::unique_ptr<Gauge>>(at->second);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                              const MetricLabels& labels) {
  const std::scoped_lock lock(mutex_);
  auto [at, added] = family(name, help, "histogram").instruments.try_emplace(labels);
  if (added) at->second = std::make_unique<Histogram>(std::move(upper_bounds));
  return *std::get<std::unique_ptr<Histogram>>(at->second);
}

std::string Metrics::to_prometheus() const {
  const std::scoped_lock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escape(family->help, false), name, family->kind);
    for (const auto& [labels, instrument] : family->instruments) write_any(out, name, labels, instrument);
  }
  return out;
}

}  // namespace fairway
