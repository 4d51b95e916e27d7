#include "app/ask_driver.h"

#include <iostream>

#include <boost/asio/co_spawn.hpp>

namespace fairway::app {

namespace {

Task<> put_question(std::string run_directory, cluster_driver::Request question,
                    Result<cluster_driver::RequestAnswer>& answer) {
  answer = co_await cluster_driver::ask(std::move(run_directory), std::move(question));
}

}  // namespace

int ask_driver(const std::string& run_directory, cluster_driver::Request question) {
  Result<cluster_driver::RequestAnswer> answer = fail(Errc::unavailable, "it did not answer");
  boost::asio::io_context context;
  boost::asio::co_spawn(context, put_question(run_directory, std::move(question), answer),
                        [](const std::exception_ptr& thrown) {
                          if (thrown) std::rethrow_exception(thrown);
                        });
  context.run();
  if (!answer) {
    std::cerr << "fairway: the driver of clusters does not answer: " << answer.error().what
              << "; is `fairway up` running?\n";
    return 1;
  }
  (answer->exit_code == 0 ? std::cout : std::cerr) << answer->text;
  return answer->exit_code;
}

}  // namespace fairway::app
