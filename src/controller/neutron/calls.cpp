#include "controller/neutron/calls.h"

namespace fairway::controller::neutron {

// Held while a request is on its way.
class Calls::Turn {
 public:
  explicit Turn(Calls& of) : of_(of) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { of_.leave(); }

 private:
  Calls& of_;
};

Task<> Calls::enter() {
  while (free_ == 0) co_await freed_.wait();
  --free_;
}

void Calls::leave() {
  ++free_;
  freed_.notify_all();
}

Task<Result<json::Value>> Calls::send(openstack::Service service, std::string method, std::string path,
                                      json::Value body) {
  co_await enter();
  const Turn turn(*this);
  FW_CO_TRY(auto answer, co_await client_.send(service, std::move(method), std::move(path), std::move(body)));
  co_return std::move(answer.body);
}

Task<Result<json::Array>> Calls::list(openstack::Service service, std::string path, std::string key) {
  co_await enter();
  const Turn turn(*this);
  co_return co_await openstack::list_all(client_, service, std::move(path), std::move(key));
}

}  // namespace fairway::controller::neutron
