#pragma once
// Every word the command says, in both languages. A Word cannot be made from nothing, so a key that is missing in one
// language does not compile; tests/unit/cli compares the placeholders.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace fd::cli {

class Word {
 public:
  consteval Word(const char* text) : text_(text) {}  // NOLINT: made from literals of words.*.cpp
  [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }
  [[nodiscard]] std::string str() const { return std::string(text_); }

 private:
  std::string_view text_;
};

struct Words {
  Word app;
  Word verb_check;
  Word verb_status;
  Word verb_queues;
  Word verb_queue;
  Word verb_agents;
  Word verb_contact;
  Word verb_explain;
  Word verb_agent;
  Word verb_agent_add;
  Word verb_agent_set;
  Word verb_agent_passwd;
  Word verb_agent_disable;
  Word verb_agent_enable;
  Word verb_device;
  Word verb_version;
  Word verb_help;
  Word opt_json;
  Word opt_quiet;
  Word opt_socket;
  Word opt_lang;
  Word opt_color;
  Word opt_timeout;
  Word opt_file;
  Word opt_name;
  Word opt_action;
  Word opt_reason;
  Word opt_agent;
  Word opt_contact;
  Word opt_new_id;
  Word opt_account;
  Word opt_staff_no;
  Word opt_name_zh;
  Word opt_name_en;
  Word opt_role;
  Word opt_team;
  Word opt_skill;
  Word opt_capacity;
  Word opt_channel;
  Word opt_password_file;
  Word opt_generate;
  Word opt_agents_file;
  Word opt_device;
  Word opt_state;
  Word opt_page;
  Word opt_url;
  Word opt_verb;
  Word unreachable;
  Word not_permitted;
  Word lost;
  Word outcome_unknown;
  Word refused;
  Word not_found;
  Word bad_answer;
  Word usage;
  Word usage_verb;
  Word usage_one_of;
  Word usage_missing;
  Word usage_extra;
  Word usage_choice;
  Word usage_range;
  Word usage_value;
  Word usage_convert;
  Word usage_needs;
  Word usage_excludes;
  Word no_check;
  Word queue_paused;
  Word queue_resumed;
  Word password_prompt;
  Word password_again;
  Word password_differs;
  Word password_short;
  Word password_unasked;
  Word password_unreadable;
  Word password_made;
  Word bad_team;
  Word bad_skill;
  Word account_failed;
  Word account_unknown;
  Word account_added;
  Word account_changed;
  Word account_live;
  Word account_later;
  Word account_unread;
  Word account_unsure;
  Word device_unknown;
  Word device_no_secret;
  Word device_unreadable;
  Word device_config;
  Word none_waiting;
  Word yes;
  Word no;
  Word site;
  Word router;
  Word epoch;
  Word leading;
  Word batch;
  Word sequence;
  Word at;
  Word live;
  Word waiting;
  Word agents_available;
  Word ready;
  Word queue;
  Word name;
  Word mode;
  Word oldest;
  Word free;
  Word paused;
  Word reason;
  Word short_abandon;
  Word agent;
  Word staff_no;
  Word state;
  Word since;
  Word load;
  Word sockets;
  Word accepted;
  Word declined;
  Word passed_on;
  Word kinds_today;
  Word to_deliver;
  Word jobs_open;
  Word counter;
  Word contact;
  Word case_no;
  Word channel;
  Word priority;
  Word grade;
  Word kind;
  Word owner;
  Word ticket;
  Word offers;
  Word offer;
  Word due;
  Word excluded;
  Word until;
  Word rule;
  Word rule_at;
  Word band;
  Word virtual_start;
  Word head_start;
  Word place_key;
  Word decision;
  Word winner;
  Word strategy;
  Word value;
  Word runners_up;
  Word why_not;
  Word timeline;
  Word timeline_cut;
  Word from;
  Word to;
  Word event;
  Word actor;
  Word nobody;
  Word place_now;
  Word attributes;
  Word waiting_why;
  Word rules_seen;
  Word matched;
  Word failed;
  Word r_eligible;
  Word r_held;
  Word r_capacity;
  Word r_channel;
  Word r_excluded;
  Word r_delay;
  Word r_offline;
  Word r_away;
  Word r_draining;
  Word r_not_responding;
  Word r_detached;
  Word r_after;
};

enum class Lang : std::uint8_t { en, zh };

extern const Words words_en, words_zh;
[[nodiscard]] const Words& words(Lang) noexcept;

// --lang, else LC_ALL, LC_MESSAGES, LANG as the C library ranks them: zh* is Chinese, all else English.
[[nodiscard]] Lang choose_lang(std::string_view flag, std::string_view lc_all, std::string_view lc_messages,
                               std::string_view lang) noexcept;

// Puts the values where {0}, {1}, … stand.
[[nodiscard]] std::string fill(const Word&, std::initializer_list<std::string_view> values);

}  // namespace fd::cli
