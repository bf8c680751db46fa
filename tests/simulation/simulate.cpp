// simulate [--seed N] [--steps N] [--without-lease] [--verbose]: prints the seed; exits 1 and says what broke, and how
// to see it again.
#include <cstdio>
#include <cstring>
#include <string>

#include "router/engine/states.hpp"
#include "router/model/words.hpp"
#include "tests/simulation/world.hpp"

int main(int argc, char** argv) {
  std::uint64_t seed = 1, steps = 10'000;
  bool control = false, verbose = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--without-lease") == 0)
      control = true;
    else if (std::strcmp(argv[i], "--verbose") == 0)
      verbose = true;
    else if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      seed = std::stoull(argv[++i]);
    else if (std::strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
      steps = std::stoull(argv[++i]);
    else
      return std::fprintf(stderr, "simulate [--seed N] [--steps N] [--without-lease] [--verbose]\n"), 2;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  fd::simulation::World world(seed);
  const auto& report = world.report();
  try {
    while (report.steps < steps && report.wrong.empty()) {
      world.step();
      if (control && report.steps % 100 == 0) world.remove_a_lease();
    }
  } catch (const std::exception& e) {
    std::printf("step %llu: %s\n", static_cast<unsigned long long>(report.steps), e.what());
    return 1;
  }
  std::printf("%llu steps, %llu transitions, %llu crashes (%llu with the reply lost), %llu reloads compared\n",
              static_cast<unsigned long long>(report.steps), static_cast<unsigned long long>(report.transitions),
              static_cast<unsigned long long>(report.crashes), static_cast<unsigned long long>(report.lost_replies),
              static_cast<unsigned long long>(report.reloads));
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
  return report.wrong.empty() ? 0 : 1;
}
