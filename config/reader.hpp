#pragma once
// From nodes to values. Every function gives nullopt after it has told the report why.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "router/model/contact.hpp"
#include "router/model/time.hpp"

namespace fd::config {

enum class Names : std::uint8_t { queue, channel, kind, service };  // what a value may refer to

struct Reference {
  Names names = Names::queue;
  std::string name;
  Place at;
  std::string key;
};

struct Secret {  // {file: path} or {credential: name}; a literal is refused
  std::string value;
  std::string source;  // as written: "file: /etc/…", "credential: name"
};

class Reader {
 public:
  // `folder`: where relative paths start; `credentials`: systemd's directory, or empty.
  Reader(Report& report, std::string folder, std::string credentials)
      : report_(report), folder_(std::move(folder)), credentials_(std::move(credentials)) {}

  [[nodiscard]] std::optional<std::string> text(const Node&);
  [[nodiscard]] std::optional<std::string> name(const Node&, std::string_view what);  // letters, digits, - _ .; <= 64
  [[nodiscard]] std::optional<std::int64_t> integer(const Node&, std::int64_t min, std::int64_t max);
  [[nodiscard]] std::optional<double> real(const Node&, double min, double max);
  [[nodiscard]] std::optional<bool> flag(const Node&);
  [[nodiscard]] std::optional<Duration> duration(const Node&, Duration min, Duration max);
  [[nodiscard]] std::optional<std::int64_t> size(const Node&, std::int64_t min, std::int64_t max);  // bytes
  [[nodiscard]] std::optional<std::size_t> choice(const Node&, const std::vector<std::string>& words);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(const Node&);  // a list, or one for a list of one
  [[nodiscard]] std::optional<std::map<std::string, std::string>> languages(const Node&);  // {zh, en}, or one for both
  [[nodiscard]] std::optional<std::vector<SkillNeed>> levels(const Node&);                 // {skill: level}
  [[nodiscard]] std::optional<int> clock(const Node&, std::string_view text);  // "09:30" -> minute of the day
  [[nodiscard]] std::optional<Secret> secret(const Node&);
  void note_secret(const std::string& source) { secrets_[path_] = source; }  // of the key being read; for showing

  [[nodiscard]] bool map(const Node&);   // false: told; null counts as an empty map
  [[nodiscard]] bool list(const Node&);  // likewise
  void refer(Names, std::string name, const Node& where);
  void unknown_key(const Entry&, const std::vector<std::string>& known);
  void error(Code, const Place&, std::vector<std::string> args = {}, std::string meant = {});

  // The key that is being read: "queues.vip.overflow".
  class Step {
   public:
    Step(Reader& r, std::string_view key);
    ~Step();
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    std::size_t before_;
  };
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::vector<Reference>& references() const noexcept { return references_; }
  [[nodiscard]] const std::map<std::string, std::string>& secrets() const noexcept { return secrets_; }
  // The first time a value of this meaning is used; false: told (E0211). `what`: "staff number".
  bool once(std::string_view what, const std::string& value, const Place&);

 private:
  [[nodiscard]] const std::string* scalar(const Node&, std::string_view expected, std::string_view like);
  [[nodiscard]] std::optional<std::string> secret_file(const std::string& path, const Place&);

  Report& report_;
  std::string folder_, credentials_;
  std::string path_;
  std::vector<Reference> references_;
  std::map<std::string, std::string> secrets_;  // key -> source
  std::map<std::string, Place> used_;
};

[[nodiscard]] std::string shown(Duration);  // "20s", "5m", "24h", "500ms"; the largest unit that is exact
[[nodiscard]] std::string shown_size(std::int64_t bytes);  // "16KiB", "10MiB"

}  // namespace fd::config
