// Sums of what gateways count, which never fall: not when an engine begins anew (a new epoch), not when the cloud
// does. Pure bookkeeping; who owns it writes rows() to the store.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cloud/load_balancer/facts.h"
#include "gateway_link/messages.h"

namespace fairway::cloud {

class CounterBook {
 public:
  // Goes on from what the store holds.
  explicit CounterBook(const State& state);

  void note(const std::string& gateway, const gateway_link::Counters& counters);
  // Its connections are nobody's any more; what it has counted stays.
  void gateway_gone(const std::string& gateway);
  void forget(const std::string& listener_id);

  [[nodiscard]] Statistics of(const std::string& listener_id) const;

  // Rows that differ from what was last taken, to be written. Taking them marks them clean.
  [[nodiscard]] std::vector<ListenerCounters> take_changed();

 private:
  struct Count {
    ListenerCounters row;
    std::map<std::string, std::uint64_t> active;  // by gateway
  };
  std::map<std::string, Count> counts_;
  std::set<std::string> changed_;
};

}  // namespace fairway::cloud
