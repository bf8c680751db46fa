#include "config/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace fd::config {
namespace {

struct TooLarge {
  Place at;
  std::string what;
};

// Lines of the file, to turn yaml-cpp's columns (bytes from 0) into characters from 1.
class Lines {
 public:
  Lines(const std::string& bytes, std::string file) : file_(std::move(file)) {
    std::istringstream in(bytes);
    for (std::string line; std::getline(in, line);) lines_.push_back(std::move(line));
  }
  [[nodiscard]] Place at(const YAML::Mark& mark) const {
    if (mark.line < 0) return {file_, 0, 0};
    const auto line = static_cast<std::size_t>(mark.line);
    int column = 1;
    for (int i = 0; line < lines_.size() && i < mark.column && i < static_cast<int>(lines_[line].size()); ++i)
      if ((static_cast<unsigned char>(lines_[line][static_cast<std::size_t>(i)]) & 0xC0U) != 0x80U) ++column;
    return {file_, mark.line + 1, column};
  }
  [[nodiscard]] const std::vector<std::string>& all() const noexcept { return lines_; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

std::size_t count(const Node& node) {
  std::size_t n = 1;
  for (const auto& item : node.items) n += count(item);
  for (const auto& entry : node.entries) n += count(entry.value);
  return n;
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(const Lines& lines, Report& report) : lines_(lines), report_(report) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node n;
    n.at = lines_.at(mark);
    place(std::move(n), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node n;
    n.kind = Node::Kind::scalar;
    n.at = lines_.at(mark);
    n.text = value;
    n.plain = tag == "?";
    place(std::move(n), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place at = lines_.at(mark);
    if (++aliases_ > aliases_max) throw TooLarge{at, std::to_string(aliases_max) + " aliases"};
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end()) throw TooLarge{at, "an alias inside of what it stands for"};
    Node copy = it->second;
    nodes_ += count(copy) - 1;
    place(std::move(copy), 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Node take() { return std::move(root_); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::optional<Entry> key;  // of a map: read, its value is next
    bool skip = false;         // the key was refused: so is its value
  };

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    Open o;
    o.node.kind = kind;
    o.node.at = lines_.at(mark);
    o.anchor = anchor;
    stack_.push_back(std::move(o));
    if (stack_.size() > depth_max) throw TooLarge{stack_.back().node.at, std::to_string(depth_max) + " levels"};
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    place(std::move(done.node), done.anchor);
  }
  void place(Node node, YAML::anchor_t anchor) {
    if (++nodes_ > nodes_max) throw TooLarge{node.at, std::to_string(nodes_max) + " values"};
    if (anchor != 0) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& in = stack_.back();
    if (in.node.kind == Node::Kind::list) {
      in.node.items.push_back(std::move(node));
    } else if (in.key) {
      in.key->value = std::move(node);
      if (!in.skip) in.node.entries.push_back(std::move(*in.key));
      in.key.reset();
    } else {
      take_key(in, node);
    }
  }
  void take_key(Open& in, const Node& node) {
    in.skip = false;
    if (in.node.entries.size() >= keys_max) throw TooLarge{node.at, std::to_string(keys_max) + " keys of one map"};
    if (node.kind != Node::Kind::scalar) {
      report_.add(Code::wrong_type, node.at, "", {"a word as key", "something else", "key: value"});
      in.skip = true;
    } else if (const Entry* first = in.node.find(node.text)) {
      report_.add(Code::duplicate_key, node.at, node.text, {node.text, std::to_string(first->at.line)});
      in.skip = true;
    }
    in.key = Entry{node.text, node.at, {}};
  }

  const Lines& lines_;
  Report& report_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0, aliases_ = 0;
  Node root_;
};

bool utf8(const std::string& s) noexcept {
  for (std::size_t i = 0; i < s.size();) {
    const auto lead = static_cast<unsigned char>(s[i++]);
    const int more = lead < 0x80                    ? 0
                     : lead >= 0xC2 && lead <= 0xDF ? 1
                     : lead >= 0xE0 && lead <= 0xEF ? 2
                     : lead >= 0xF0 && lead <= 0xF4 ? 3
                                                    : -1;
    if (more < 0) return false;
    for (int k = 0; k < more; ++k)
      if (i >= s.size() || (static_cast<unsigned char>(s[i++]) & 0xC0U) != 0x80U) return false;
  }
  return true;
}

bool tabs(const Lines& lines, Report& report) {
  bool any = false;
  for (std::size_t i = 0; i < lines.all().size(); ++i) {
    const std::string& line = lines.all()[i];
    const auto first = line.find_first_not_of(' ');
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    if (first == std::string::npos || line[first] != '\t' || blank) continue;
    report.add(Code::tab, {lines.file(), static_cast<int>(i) + 1, static_cast<int>(first) + 1}, "");
    any = true;
  }
  return any;
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  for (const auto& e : entries)
    if (e.key == key) return &e;
  return nullptr;
}

std::optional<Node> parse_document(const std::string& bytes, const std::string& shown, Report& report) {
  if (bytes.size() > file_bytes_max) {
    report.add(Code::too_large, {shown, 0, 0}, "", {std::to_string(file_bytes_max) + " bytes"});
    return std::nullopt;
  }
  if (!utf8(bytes)) {
    report.add(Code::not_utf8, {shown, 0, 0}, "");
    return std::nullopt;
  }
  const Lines lines(bytes, shown);
  if (tabs(lines, report)) return std::nullopt;
  Builder builder(lines, report);
  try {
    std::istringstream in(bytes);
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    Node root = builder.take();
    Builder second(lines, report);
    if (parser.HandleNextDocument(second)) {
      report.add(Code::bad_yaml, second.take().at, "", {"a second document in one file"});
      return std::nullopt;
    }
    if (root.at.line == 0) root.at = {shown, 1, 1};
    return root;
  } catch (const TooLarge& e) {
    report.add(Code::too_large, e.at, "", {e.what});
  } catch (const YAML::Exception& e) {
    report.add(Code::bad_yaml, lines.at(e.mark), "", {e.msg});
  }
  return std::nullopt;
}

std::optional<Node> read_document(const std::filesystem::path& path, const std::string& shown, Report& report) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  if (in) {
    std::vector<char> buffer(1 << 16);
    while (bytes.size() <= file_bytes_max &&
           (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0))
      bytes.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.eof() && bytes.size() <= file_bytes_max) {
    report.add(Code::unreadable, {shown, 0, 0}, "", {path.string() + ": " + std::strerror(errno)});
    return std::nullopt;
  }
  return parse_document(bytes, shown, report);
}

}  // namespace fd::config
