#pragma once
// The shell around the engine, read top to bottom: take in (intake.cpp, commands.cpp) -> look up -> classify -> apply
// (site.cpp) -> commit -> release (release.cpp). Strand: the one io_context; nothing here locks.
//
// Output commit: whatever leaves goes through a Held and waits for the Receipt of its batch. While one batch is under
// way the next one fills.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/bus/ports.hpp"
#include "router/engine/engine.hpp"
#include "router/rules/rules.hpp"
#include "router/site/batch.hpp"
#include "router/site/frames.hpp"
#include "router/site/settings.hpp"
#include "router/store/store.hpp"

namespace fd::site {

namespace asio = boost::asio;

struct Readiness {
  bool leading = false;
  std::string text;   // why not, and how to mend it
  std::string store;  // trouble of the batch in hand; empty: none
};

class Site final : public bus::RouterSink {
 public:
  // Everything referred to outlives it.
  Site(asio::io_context&, const Clock&, Settings, engine::Settings, rules::RuleSet, store::Store&, bus::RouterPort&);
  ~Site();

  asio::awaitable<void> run();   // takes the lead once (tries until the store answers), serves until stop()
  asio::awaitable<void> stop();  // takes nothing more, commits what was taken, releases it
  [[nodiscard]] Readiness ready() const;
  // The same after a question to the store, when no batch is in hand that would tell: a Redis that is gone, hangs or
  // refuses writes is noticed while nobody writes. At most 2 s.
  asio::awaitable<Readiness> check();
  [[nodiscard]] std::uint64_t epoch() const noexcept { return leadership_.epoch; }

  void on_request(const bus::EdgeId&, bus::RequestId, bus::Request) override;
  void on_signal(const bus::EdgeId&, bus::Signal) override;
  void on_hello(const bus::EdgeId&, const std::string& run) override;
  void on_edge_gone(const bus::EdgeId&) override;

 private:
  struct Asker {  // who waits for an answer
    bus::EdgeId edge;
    bus::RequestId id = 0;
  };
  struct Intake {  // a customer's message on its way to the engine
    Asker asker;
    Message message;
    engine::CustomerMessage event;
    std::vector<std::string> keys;  // FIFO by key: one of a key at a time, until it is committed
    bool slow = false;              // needs a look-up
    bool turned_away = false;       // answered: come again
    bool edge_gone = false;         // the customer's socket with it
  };
  struct Item {  // ready for the engine
    engine::Event event;
    std::string body;
    std::shared_ptr<Intake> intake;
  };
  struct Ref {
    Asker asker;
    std::shared_ptr<Intake> intake;
    AgentId agent;  // who gave the command
  };
  struct Attachment {
    bus::EdgeId edge;
    bus::AttachmentId id;
    bus::AttachKind kind = bus::AttachKind::chat;
    VisitorId visitor;
    std::string owner;  // of the visitor, as this page shows it
    AgentId agent;
    ChannelName channel;  // adapter
    std::string locale;
    bool wall = false;
    std::uint64_t n = 0;   // desk: deltas sent
    bool ready = false;    // its picture has been sent; until then frames wait here
    bool partial = false;  // chat: it got a share of what it missed and nothing else until it attaches for the rest
    std::vector<json::object> waiting;
    std::optional<std::pair<std::size_t, std::int64_t>> place;  // as last shown: place, whole minutes; -1 unknown
  };
  struct Outbox {                                       // jobs of one channel, as committed
    std::map<std::uint64_t, Job> open;                  // not reported
    std::vector<std::shared_ptr<Attachment>> adapters;  // the first does them; the next when it is gone
    std::map<std::uint64_t, Instant> out;               // said to it, when
    std::uint64_t said = 0;                             // the newest of these
    bool saying = false;
    Instant warned;  // that they grow old
  };
  using AttachmentKey = std::pair<bus::EdgeId, bus::AttachmentId>;
  using Attached = std::shared_ptr<Attachment>;

  // --- leader.cpp ---
  asio::awaitable<std::optional<std::chrono::milliseconds>> lead();
  void stand_down(const store::Failure&);
  void turn_away(Intake&);
  [[nodiscard]] Instant now();
  void watch_clock();
  void watch_pause();
  void calls_of_before();
  void check_engine();

  // --- site.cpp: the loop ---
  void wake();
  void fill();
  void apply(Item);
  void join(engine::Step, Filling&, const rules::Outcome*);
  asio::awaitable<void> commit_loop();
  asio::awaitable<void> tick_loop();
  asio::awaitable<void> probe_store(std::shared_ptr<asio::steady_timer> waiting);
  asio::awaitable<bool>
  barrier();  // until all that the engine knows now is durable; false: this router no longer leads
  void spawn(asio::awaitable<void>, const char* what);
  void answer(const Asker&, bus::Answer);
  [[nodiscard]] engine::RequestRef ref(const Asker&, std::shared_ptr<Intake> = {}, AgentId = {});
  [[nodiscard]] std::optional<Ref> take_ref(engine::RequestRef);

  // --- intake.cpp ---
  void submit(const Asker&, bus::Submit);
  void start(const std::shared_ptr<Intake>&);
  asio::awaitable<void> look_up(std::shared_ptr<Intake>);
  void finished(const std::shared_ptr<Intake>&);
  void classify(engine::CustomerMessage&, const Message&, Instant at, std::optional<rules::Outcome>&);

  // --- commands.cpp ---
  void command(const Asker&, bus::Command);
  asio::awaitable<void> touch_session(engine::RequestRef, SessionHash);
  asio::awaitable<void> with_closed(engine::RequestRef, ContactId, engine::Event, std::string text);
  void push(engine::Event, std::string body = {});

  // --- attach.cpp ---
  void attach(const Asker&, bus::Attach);
  asio::awaitable<void> attach_chat(Asker, bus::Attach);
  asio::awaitable<void> attach_desk(Asker, bus::Attach);
  asio::awaitable<void> attach_display(Asker, bus::Attach);
  void detach(const bus::EdgeId&, const bus::Detach&);
  void leave(const Attached&, bool lost);
  [[nodiscard]] Attached enter(const Asker&, const bus::Attach&);
  [[nodiscard]] std::string owner_of(const VisitorId&) const;  // of the pages attached
  void bind(const bus::Attach&, const std::optional<Visitor>&);
  [[nodiscard]] json::object chat_welcome(const engine::Row&, const std::optional<engine::Place>&);
  [[nodiscard]] json::object desk_welcome(const AgentId&, const std::string& page);
  asio::awaitable<void> send_snapshot(Attached, json::object presence, json::object capacity, json::array offers,
                                      std::vector<engine::Row> rows, std::vector<CaseNumber> todo);
  void to(Attachment&, json::object frame);
  void to_delta(Attachment&, json::object frame);
  void opened(const Attached&);
  void to_customer(const VisitorId&, const json::object& frame);
  void to_agent(const AgentId&, const json::object& frame);

  // --- outbox.cpp ---
  asio::awaitable<void> attach_adapter(Asker, bus::Attach);
  void leave_outbox(const Attached&);
  [[nodiscard]] bool emit_job(const engine::Effect&);
  void say_again(Outbox&, const ChannelName&);
  void say_overdue(Instant at);
  void report_job(const Asker&, const bus::Command&);
  asio::awaitable<void> say_jobs(ChannelName);

  // --- missed.cpp: false when the store does not answer, or another router leads ---
  struct Missed {
    std::vector<json::object> frames;  // lines of what the page shows and of what is live; between them how that ended
    std::size_t bytes = 0;
    bool more = false;  // than a share
    std::uint64_t from = 1;
    bool reset = false;
  };
  asio::awaitable<bool> find_missed(const bus::Attach&, engine::Row live, Missed&);
  asio::awaitable<bool> add_lines(Missed&, engine::Row of, std::uint64_t from);

  // --- asks.cpp, explain.cpp, rights.cpp ---
  [[nodiscard]] bool may_read(const AgentId& reader, const Contact&) const;
  [[nodiscard]] static bus::Answer may_not_read();
  [[nodiscard]] bool supervises(const AgentId&) const;
  [[nodiscard]] bool supervises(const AgentId&, const QueueName&) const;
  void ask(const Asker&, bus::Ask);
  asio::awaitable<void> answer_ask(Asker, bus::Ask);
  asio::awaitable<bus::Answer> history(bus::Ask);
  asio::awaitable<bus::Answer> customer(bus::Ask);
  asio::awaitable<bus::Answer> finished(bus::Ask);
  asio::awaitable<bus::Answer> find(bus::Ask);
  asio::awaitable<bus::Answer> ticket(bus::Ask);
  asio::awaitable<bus::Answer> explain(bus::Ask);
  asio::awaitable<void> timeline(ContactId, std::uint64_t transitions, json::object& answer);
  asio::awaitable<bus::Answer> contact(bus::Ask);
  [[nodiscard]] bus::Answer waiting(const bus::Ask&);
  [[nodiscard]] json::object targets(const bus::Ask&);
  [[nodiscard]] json::object services();
  [[nodiscard]] json::object queues_view();
  [[nodiscard]] json::object agents_view();
  [[nodiscard]] json::object status_view();
  [[nodiscard]] std::string facts_json(ContactId, const rules::Outcome*, const std::vector<engine::Decision>&);
  void add_decision(engine::Decision, Instant at);
  asio::awaitable<void> add_decisions(ContactId);

  // --- release.cpp ---
  void release(const Receipt&);
  void release_answers(const Receipt&);
  void emit(const engine::Effect&, const Bodies&);
  [[nodiscard]] bool emit_answer(const engine::Effect&);
  asio::awaitable<void> answer_again(Asker, ContactId, std::string cid);
  asio::awaitable<void> answer_duplicate(std::shared_ptr<Intake>, json::object kept);
  [[nodiscard]] bool emit_display(const engine::Effect&);
  asio::awaitable<json::array> todo_list(std::vector<CaseNumber>);
  asio::awaitable<void> tell_todo(std::shared_ptr<const Agent>);
  void emit_line(const engine::LineAdded&, const Bodies&);

  // --- alarms.cpp ---
  enum class Alarm : std::uint8_t { none, no_free, long_wait };  // each worse than the one before
  struct Seen {
    Alarm alarm = Alarm::none;
    AgentId by;
    Instant at;
  };
  [[nodiscard]] Alarm alarm_of(const engine::QueueView&);
  [[nodiscard]] const Seen* seen(const QueueName&, Alarm now);  // null: nobody; forgets what is over
  void acknowledge(const Asker&, const bus::Command&);
  [[nodiscard]] json::array unattended(const engine::AgentView&) const;

  // --- passes.cpp ---
  bool place_pass();
  void wall_pass();
  void display_changed();
  [[nodiscard]] json::object display_frame();
  [[nodiscard]] static std::size_t shown(std::size_t position);
  [[nodiscard]] json::object place_frame(ContactId, const engine::Place&);

  [[nodiscard]] Names names() const { return {engine_->settings(), settings_}; }

  asio::io_context& io_;
  const Clock& clock_;
  Settings settings_;
  engine::Settings engine_settings_;
  rules::RuleSet rules_;
  store::Store& store_;
  bus::RouterPort& port_;

  std::unique_ptr<engine::Engine> engine_;  // null while not leading
  store::Leadership leadership_;
  bool leading_ = false, stopping_ = false, stopped_ = false;
  std::string why_not_ = "starting";
  Duration steady_base_{0};
  Instant time_base_, last_now_, last_turn_;
  std::optional<Instant> clock_ahead_since_;
  bool clock_behind_ = false;

  std::deque<Item> agents_lane_, intake_lane_;
  Filling filling_;
  std::deque<HeldStep> held_;
  std::deque<engine::Held<std::shared_ptr<asio::steady_timer>>> waiters_;
  std::vector<std::weak_ptr<asio::steady_timer>> barriers_;
  std::optional<Receipt> receipt_;
  bool in_flight_ = false, fill_posted_ = false;
  asio::steady_timer work_, tick_;
  std::shared_ptr<asio::steady_timer> probe_;  // a question to the store under way; those who ask meanwhile wait on it
  std::string probe_said_;
  std::shared_ptr<int> life_ = std::make_shared<int>(0);

  engine::RequestRef last_ref_ = 0;
  std::unordered_map<engine::RequestRef, Ref> refs_;
  std::unordered_map<std::string, std::deque<std::shared_ptr<Intake>>> lines_;

  std::map<AttachmentKey, Attached> attachments_;
  std::unordered_map<VisitorId, std::vector<Attached>> by_visitor_;
  std::unordered_map<AgentId, std::vector<Attached>> by_agent_;
  std::vector<Attached> displays_;
  std::unordered_map<ChannelName, Outbox> outboxes_;  // never erased from: a look at the store may be under way
  std::unordered_map<ContactId, std::string> previews_;
  std::unordered_map<ContactId, std::vector<std::pair<engine::Decision, Instant>>> decisions_;  // to be added to facts
  static constexpr std::size_t calls_kept = 6;
  std::deque<json::object> calls_, ended_;  // of the display, newest first
  bool display_stale_ = false;              // a frame of the display is on its way
  Instant next_place_, next_wall_;
  AttachmentKey place_after_;       // where the round of places goes on
  std::map<QueueName, Seen> seen_;  // alarms somebody acknowledged
};

}  // namespace fd::site
