// A store for tests of what stands on one.
#pragma once

#include "store/memory/memory_store.h"
