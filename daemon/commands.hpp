#pragma once
// The verbs of `frontdesk` with what only the executable knows: version, paths, the configuration's loader.
#include <string>

namespace fd {

[[nodiscard]] int run_command(int argc, char** argv);
// Prints config/frontdesk.yaml as it was when this was built.
[[nodiscard]] int print_defaults();
// Prints every error and warning; 0, 10 when there are only warnings, 11 when there are errors.
[[nodiscard]] int check_configuration(const std::string& file, bool as_json, const std::string& lang);

}  // namespace fd
