#pragma once
// The proof that a batch is durable. Only a Store can make one; effects open only against one (design: output commit).

#include <cstdint>

namespace fd {

namespace store {
class Store;
}

struct BatchNumber {
  std::uint64_t n = 0;
  auto operator<=>(const BatchNumber&) const = default;
};

class Receipt {
 public:
  [[nodiscard]] BatchNumber batch() const noexcept { return batch_; }

 private:
  friend class store::Store;
  explicit Receipt(BatchNumber batch) noexcept : batch_(batch) {}
  BatchNumber batch_;
};

}  // namespace fd
