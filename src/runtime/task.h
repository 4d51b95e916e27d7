// Task<T>: a coroutine on the event loop.
//
// One loop, one thread for each role: nothing here needs a lock, and nothing may block. What must block has a thread
// of its own (runtime/worker.h).
#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace fairway {

template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace fairway
