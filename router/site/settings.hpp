#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "router/engine/settings.hpp"

namespace fd::site {

using Words = std::map<std::string, std::string>;  // by language: zh, en

struct Settings {
  std::string router;  // random for each start of the process
  Words company;
  Words greeting;  // {company}, {name}, {staff_no}
  std::vector<std::pair<std::string, Words>> phrases;
  std::map<std::string, std::string> grades;  // customers' grades by the website's own id
  std::string pepper;                         // 32 bytes: identities are known by keyed hashes only
  std::size_t batch_steps_max = 64;
  std::size_t batch_bytes_max = std::size_t{100} * 1024;
  std::uint32_t window_intake = 1024, window_agents = 256;
  std::size_t jobs_out = 256;                   // said to one adapter and not yet reported
  std::chrono::milliseconds job_again{60'000};  // then they are said again
  std::chrono::milliseconds job_old{300'000};   // one that is not reported for so long raises an alarm, as often
  std::chrono::milliseconds place_every{5'000}, place_slice{50}, wall_every{1'000};
  std::chrono::milliseconds pause_over{5'000};   // the loop stood still for longer: nobody is to blame for what passed
  std::chrono::milliseconds long_wait{300'000};  // the wall's alarm
  // Other accounts take effect with the batch being filled: who keeps the configuration that decides is told before it
  // is committed. May be empty.
  std::function<void(const std::map<AgentId, engine::Account>&)> roster_taken;
};

}  // namespace fd::site
