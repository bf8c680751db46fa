// docs/states.md is printed from the tables: whoever changes one without the other is told the right text.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "router/engine/states.hpp"
#include "router/model/words.hpp"

namespace fd::engine::test {
namespace {

// One row an event, one column a state; a cell names where it leads.
template <class State, class Event, class Rows, class EventWord>
std::string table(const Rows& rows, std::size_t states, std::size_t events, EventWord event_word) {
  std::string text = "| event |";
  for (std::size_t s = 0; s < states; ++s) text += " " + std::string(word(static_cast<State>(s))) + " |";
  text += "\n|---|";
  for (std::size_t s = 0; s < states; ++s) text += "---|";
  text += "\n";
  for (std::size_t e = 0; e < events; ++e) {
    text += "| `" + std::string(event_word(static_cast<Event>(e))) + "` |";
    for (std::size_t s = 0; s < states; ++s) {
      std::string cell;
      for (const auto& row : rows)
        if (row.from == static_cast<State>(s) && row.event == static_cast<Event>(e))
          cell += (cell.empty() ? " " : " or ") + std::string(word(row.to));
      text += (cell.empty() ? " –" : cell) + " |";
    }
    text += "\n";
  }
  return text;
}

std::string contact_table() {
  return table<ContactState, ContactEvent>(rows::contact, 9, contact_events, [](ContactEvent e) { return word(e); });
}

std::string offer_table() {
  static constexpr std::array words{"accept", "up", "decline", "deadline", "withdraw", "cancel", "fail"};
  return table<OfferState, OfferEvent>(rows::offer, 2, words.size(),
                                       [](OfferEvent e) { return words.at(static_cast<std::size_t>(e)); });
}

std::string lease_table() {
  std::string text = "| state | lease | its end is |\n|---|---|---|\n";
  for (const auto& lease : leases)
    text += "| " + std::string(word(lease.state)) + " | " + std::string(lease.lease) + " | `" +
            std::string(word(lease.on_expiry)) + "` |\n";
  return text;
}

std::string page() {
  std::ifstream in(std::string(FD_SOURCE_DIR).append("/docs/states.md"));
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_on(const std::string& text, const std::string& table) {
  EXPECT_NE(text.find(table), std::string::npos) << "docs/states.md must hold this table:\n" << table;
}

TEST(StatesPage, HoldsTheTablesAsTheyAre) {
  const auto text = page();
  expect_on(text, contact_table());
  expect_on(text, lease_table());
  expect_on(text, offer_table());
}

TEST(StatesPage, AChangedCellIsNoticed) {  // the control
  for (const auto& table : {contact_table(), lease_table(), offer_table()}) {
    auto text = page();
    const auto at = text.find(table);
    ASSERT_NE(at, std::string::npos);
    text[at + table.size() / 2] ^= 1;
    EXPECT_EQ(text.find(table), std::string::npos);
  }
}

}  // namespace
}  // namespace fd::engine::test
