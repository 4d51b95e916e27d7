// What commands of one question have in common: a loop of their own, a log of errors alone, the environment as a map.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "runtime/env.h"
#include "runtime/task.h"

namespace fairway::app {

// Runs it to its end. Its value is the exit code; an error is printed as "fairway <name>: …" and gives 2.
[[nodiscard]] int run_command(std::string_view name,
                              const std::function<Task<Result<int>>(boost::asio::io_context&, Env&)>& command);

[[nodiscard]] std::map<std::string, std::string> environment();

}  // namespace fairway::app
