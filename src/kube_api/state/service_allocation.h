// Cluster IPs and node ports: which are taken, and what a new or changed Service gets.
//
// Taken is what any Service in memory has, plus what writes under way hold. Threads: the loop's.
// Reference: kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation (ranges split so that chosen and
// given addresses seldom meet) and /service/#nodeport-custom-port.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kube_api/object/api_error.h"
#include "kube_api/state/objects.h"

namespace fairway::kube_api {

struct ServiceRanges {
  std::uint32_t network = 0;  // host byte order
  int prefix = 16;
  std::uint16_t node_port_min = 30000;
  std::uint16_t node_port_max = 32767;
  [[nodiscard]] std::string cidr() const;
};

// Error: invalid, for what is no IPv4 range with at least 8 addresses.
[[nodiscard]] Result<ServiceRanges> parse_ranges(const std::string& cidr, std::uint16_t port_min,
                                                 std::uint16_t port_max);

class ServiceAllocation {
 public:
  // What one write took, given back when it goes out of scope (by then the Service itself holds it, or nobody does).
  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          ips_(std::move(other.ips_)),
          ports_(std::move(other.ports_)) {}
    Hold& operator=(Hold&& other) noexcept;
    ~Hold() { release(); }

   private:
    friend class ServiceAllocation;
    explicit Hold(ServiceAllocation& owner) : owner_(&owner) {}
    void release();
    ServiceAllocation* owner_ = nullptr;
    std::vector<std::uint32_t> ips_;
    std::vector<std::uint16_t> ports_;
  };

  // `objects` and `random` outlive this.
  ServiceAllocation(const Objects& objects, Random& random, ServiceRanges ranges)
      : objects_(objects), random_(random), ranges_(ranges) {}

  // Fills in clusterIP(s), ipFamilies, ipFamilyPolicy, nodePort and healthCheckNodePort as the type needs.
  // Errors: Invalid for what was asked for and cannot be had, InternalError when a range is full.
  [[nodiscard]] ApiResult<Hold> for_create(json::Object& service, bool dry_run);
  // The same for a changed Service: what it had stays unless the change gives it up.
  [[nodiscard]] ApiResult<Hold> for_update(json::Object& service, const json::Object& before, bool dry_run);

  [[nodiscard]] const ServiceRanges& ranges() const { return ranges_; }

 private:
  const Objects& objects_;
  Random& random_;
  ServiceRanges ranges_;
  std::multiset<std::uint32_t> held_ips_;
  std::multiset<std::uint16_t> held_ports_;

  struct Taken;
  struct Work;
  [[nodiscard]] Taken taken() const;
  ApiResult<> init_families(Work& work);
  ApiResult<> allocate_ips(Work& work);
  ApiResult<> take_ip(Work& work, const std::string& ip);
  ApiResult<> node_ports_for_create(Work& work);
  ApiResult<> node_ports_for_update(Work& work, const json::Object& before);
  ApiResult<> health_port(Work& work);
  [[nodiscard]] std::string take_port(Work& work, std::int64_t port);
  [[nodiscard]] std::optional<std::int64_t> next_port(Work& work);
};

}  // namespace fairway::kube_api
