#include "cluster_driver/requests.h"

#include "messaging/channel_impl.h"

namespace fairway::messaging {

FAIRWAY_PROTOCOL(cluster_driver::Request)

}  // namespace fairway::messaging

namespace fairway::cluster_driver {

Task<Result<RequestAnswer>> ask(std::string run_directory, Request question) {
  FW_CO_TRY(const auto channel, co_await messaging::connect<Request>(request_socket(run_directory)));
  FW_CO_TRY_DO(channel->send(question));
  FW_CO_TRY(Request answer, co_await channel->receive());
  auto* given = std::get_if<RequestAnswer>(&answer);
  if (given == nullptr) co_return fail(Errc::internal, "the driver answered with something else");
  co_return std::move(*given);
}

}  // namespace fairway::cluster_driver
