#pragma once
// What an entry of the event stream holds, as compact JSON: the input (field `in`) and the transitions (`tr`) of a
// step. Reports, replay, explain and the simulator read it. Fields with their default are left out; unknown ones are
// passed over; no body text, ever: an event carries a BodyRef.

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "router/engine/event.hpp"
#include "router/engine/step.hpp"

namespace fd::store {

struct RecordError {
  std::string text;  // names the field
};

// {"type":"accept","agent":"a1024","contact":"01J…","offer":"01J…"}
[[nodiscard]] std::string to_json(const engine::Event& event);
[[nodiscard]] boost::system::result<engine::Event, RecordError> event_from(std::string_view json);
[[nodiscard]] std::string_view type_of(const engine::Event& event) noexcept;  // the word of "type"

// [{"o":"c","id":"01J…","from":"queued","to":"offered","event":"offer"}, …]
[[nodiscard]] std::string to_json(const std::vector<engine::Transition>& transitions);
[[nodiscard]] boost::system::result<std::vector<engine::Transition>, RecordError> transitions_from(
    std::string_view json);

}  // namespace fd::store
