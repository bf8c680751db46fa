// For test programs: the shell's headers, and GoogleTest's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "router/bus/precompiled.hpp"
