#include "config/load.hpp"

#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>

#include "config/accounts.hpp"
#include "config/file.hpp"
#include "config/rules_file.hpp"
#include "config/settle.hpp"
#include "config/tables.hpp"

extern char** environ;

namespace fd::config {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
    if (it->path().extension() == ".yaml" && it->path().filename().string().front() != '.') out.push_back(it->path());
  std::sort(out.begin(), out.end(), [](const fs::path& a, const fs::path& b) { return a.string() < b.string(); });
  return out;
}

std::string joined(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

// conf.d: maps merge, lists and scalars replace; a scalar that two of its files set is an error.
class Layers {
 public:
  Layers(Node base, Report& report) : root_(std::move(base)), report_(report) {}
  void add(Node over) { merge(root_, std::move(over), ""); }
  [[nodiscard]] Node take() { return std::move(root_); }

 private:
  void merge(Node& base, Node over, const std::string& path) {
    if (over.kind == Node::Kind::null) return;
    if (over.kind == Node::Kind::scalar) {
      const auto [it, fresh] = set_.try_emplace(path, over.at);
      if (!fresh && it->second.file != over.at.file)
        report_.add(
            Code::set_twice, over.at, path,
            {it->second.file + ":" + std::to_string(it->second.line) + ":" + std::to_string(it->second.column)});
    }
    if (over.kind != Node::Kind::map) {
      base = std::move(over);
      return;
    }
    if (base.kind != Node::Kind::map) {
      base = Node{};
      base.kind = Node::Kind::map;
      base.at = over.at;
    }
    for (auto& entry : over.entries) {
      const auto same = [&](const Entry& e) { return e.key == entry.key; };
      auto it = std::find_if(base.entries.begin(), base.entries.end(), same);
      if (it == base.entries.end()) it = base.entries.insert(base.entries.end(), Entry{entry.key, entry.at, {}});
      merge(it->value, std::move(entry.value), joined(path, entry.key));
    }
  }

  Node root_;
  Report& report_;
  std::map<std::string, Place> set_;  // scalars set by conf.d
};

void check_environment(const std::map<std::string, std::string>& environment, Report& report) {
  const std::vector<std::string> known{"FRONTDESK_CONFIG", "FRONTDESK_SOCKET", "FRONTDESK_URL"};
  for (const auto& [name, value] : environment)
    if (name.rfind("FRONTDESK_", 0) == 0 && std::find(known.begin(), known.end(), name) == known.end())
      report.add(Code::unknown_environment, {"environment", 0, 0}, name,
                 {name, known[0] + ", " + known[1] + ", " + known[2]}, nearest(name, known));
}

struct Files {
  Node root;
  std::vector<Node> rules;
  std::optional<Node> agents;
};

// nullopt: a file could not be read or parsed; what it would have said is unknown, so nothing is judged.
std::optional<Files> read_files(const fs::path& main, const LoadOptions& options, Report& report) {
  const fs::path folder = main.parent_path();
  bool good = true;
  const auto read = [&](const fs::path& path, const std::string& shown_as) {
    auto node = read_document(path, shown_as, report);
    good = good && node.has_value();
    return node;
  };
  Files out;
  auto base = read(main, main.filename().string());
  Layers layers(base ? std::move(*base) : Node{}, report);
  for (const auto& path : yaml_files(folder / "conf.d"))
    if (auto node = read(path, "conf.d/" + path.filename().string())) layers.add(std::move(*node));
  out.root = layers.take();
  for (const auto& path : yaml_files(folder / "rules.d"))
    if (auto node = read(path, "rules.d/" + path.filename().string())) out.rules.push_back(std::move(*node));
  std::error_code gone;
  if (options.accounts) {
    out.agents = parse_document(*options.accounts, "agents.yaml", report);
    good = good && out.agents.has_value();
  } else if (const auto path = folder / "agents.yaml"; fs::exists(path, gone)) {
    out.agents = read(path, "agents.yaml");
    if (struct stat info{}; ::stat(path.c_str(), &info) == 0 && exposed(info))
      report.add(Code::secret_exposed, {"agents.yaml", 0, 0}, "", {"agents.yaml"});  // hashes of passwords
  }
  if (!good) return std::nullopt;
  return out;
}

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view pair(*at);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) out.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::string out(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
  out.pop_back();
  return out;
}

LoadResult load(const fs::path& frontdesk_yaml, const LoadOptions& options) {
  Report report;
  LoadResult out;
  check_environment(options.environment, report);
  if (auto files = read_files(frontdesk_yaml, options, report)) {
    const auto credentials = options.environment.find("CREDENTIALS_DIRECTORY");
    Reader reader(report, frontdesk_yaml.parent_path().string(),
                  credentials == options.environment.end() ? "" : credentials->second);
    Configuration c;
    std::vector<StoredAccount> accounts;
    read_table(reader, files->root, c, root_table());
    for (const auto& node : files->rules) read_rules(reader, node, c.rules);
    if (files->agents) read_accounts(reader, *files->agents, accounts);
    settle(c, accounts, files->root, reader, report);
    if (report.empty()) out.configuration = std::move(c);
  }
  out.errors = report.errors(options.language);
  out.warnings = report.warnings(options.language);
  return out;
}

}  // namespace fd::config
