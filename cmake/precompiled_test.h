// The tests' precompiled header: the usual one, and GoogleTest.
#pragma once

#include "precompiled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
