// simulate [--seed N] [--steps N] [--without-lease | --early-receipt] [--verbose]: prints the seed; exits 1 and says
// what broke, and how to see it again.
#include <cstdio>
#include <cstring>
#include <string>

#include "router/engine/states.hpp"
#include "router/model/words.hpp"
#include "tests/simulation/world.hpp"

int main(int argc, char** argv) {
  std::uint64_t seed = 1, steps = 10'000;
  bool verbose = false;
  auto control = fd::simulation::Control::none;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--without-lease") == 0)
      control = fd::simulation::Control::lease;
    else if (std::strcmp(argv[i], "--early-receipt") == 0)
      control = fd::simulation::Control::early;
    else if (std::strcmp(argv[i], "--verbose") == 0)
      verbose = true;
    else if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      seed = std::stoull(argv[++i]);
    else if (std::strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
      steps = std::stoull(argv[++i]);
    else
      return std::fprintf(stderr, "simulate [--seed N] [--steps N] [--without-lease | --early-receipt] [--verbose]\n"),
             2;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  fd::simulation::World world(seed, control);
  const auto& report = world.report();
  try {
    while (report.steps < steps && report.wrong.empty()) world.step();
  } catch (const std::exception& e) {
    std::printf("step %llu: %s\n", static_cast<unsigned long long>(report.steps), e.what());
    return 1;
  }
  std::printf("%llu steps, %llu transitions, %llu crashes (%llu with the reply lost), %llu reloads compared\n",
              static_cast<unsigned long long>(report.steps), static_cast<unsigned long long>(report.transitions),
              static_cast<unsigned long long>(report.crashes), static_cast<unsigned long long>(report.lost_replies),
              static_cast<unsigned long long>(report.reloads));
  using Kind = fd::test::Fault::Kind;
  std::printf("%llu steps while a batch was under way; faults:", static_cast<unsigned long long>(report.held_steps));
  bool all_faults = true;
  for (const auto& [kind, name] : {std::pair(Kind::lost_reply, "lost reply"), std::pair(Kind::refused, "refused"),
                                   std::pair(Kind::stalled, "stalled"), std::pair(Kind::fenced, "fenced"),
                                   std::pair(Kind::taken_over, "taken over"), std::pair(Kind::poisoned, "poisoned")}) {
    const auto found = report.faults.find(kind);
    all_faults = all_faults && found != report.faults.end();
    std::printf(" %s %llu", name, static_cast<unsigned long long>(found == report.faults.end() ? 0 : found->second));
  }
  std::printf("\n");
  std::size_t seen = 0;
  for (const auto& row : fd::engine::rows::contact) {
    const std::string name =
        std::string(word(row.from)) + " --" + std::string(word(row.event)) + "--> " + std::string(word(row.to));
    if (report.rows.contains(name))
      ++seen;
    else if (verbose)
      std::printf("never: %s\n", name.c_str());
  }
  std::printf("%zu of %zu rows of the contact's table\n", seen, fd::engine::rows::contact.size());
  for (const auto& wrong : report.wrong) std::printf("WRONG %s\n", wrong.c_str());
  if (!report.wrong.empty())
    std::printf("again: simulate --seed %llu --steps %llu\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(steps));
  constexpr std::uint64_t enough = 3000;  // steps in which every kind of fault occurs
  if (report.wrong.empty() && steps >= enough && !all_faults) return std::printf("a fault never occurred\n"), 1;
  return report.wrong.empty() ? 0 : 1;
}
