#pragma once
// What a site is when nothing moves: everything stored that the engine needs. Store::load returns it, Engine::restore
// takes it, Engine::image gives it back; "reload gives an equal engine" compares two of them.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "router/model/contact.hpp"
#include "router/model/receipt.hpp"
#include "router/model/time.hpp"

namespace fd::engine {

struct Image {
  std::uint64_t sequence = 0;     // of the last event written
  BatchNumber batch;              // the last one committed
  Instant now;                    // site time of that batch
  std::vector<Contact> contacts;  // live ones
  std::vector<Agent> agents;
  std::vector<QueueState> queues;
  std::vector<Case> cases;        // of live contacts
  std::vector<Visitor> visitors;  // of live contacts
  std::vector<std::pair<std::string, std::uint64_t>> counters;
  std::vector<Job> jobs;  // not reported done
};

}  // namespace fd::engine
