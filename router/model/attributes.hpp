#pragma once
// What a channel said of a contact, by name (message.hpp): fixed once the contact began. Copies share the text.

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace fd {

class Attributes {
 public:
  using Map = std::map<std::string, std::string>;

  Attributes() = default;
  explicit Attributes(Map map) : map_(map.empty() ? nullptr : std::make_shared<const Map>(std::move(map))) {}

  [[nodiscard]] bool empty() const noexcept { return map_ == nullptr; }
  [[nodiscard]] const Map& map() const noexcept {
    static const Map none;
    return map_ ? *map_ : none;
  }
  bool operator==(const Attributes& o) const noexcept { return map_ == o.map_ || map() == o.map(); }

 private:
  std::shared_ptr<const Map> map_;
};

}  // namespace fd
