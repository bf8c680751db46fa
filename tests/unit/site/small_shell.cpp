#include "tests/unit/site/small_shell.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/running.hpp"

namespace fd::site::test {
namespace {

engine::Settings two_queues() {
  engine::Settings s;
  s.id_key = "0123456789abcdef";
  for (const char* name : {"online", "counter"}) s.queues[QueueName(name)].name = QueueName(name);
  s.queues[QueueName("counter")].mode = engine::Mode::pull;
  s.services["tax"] = {"tax", "A", QueueName("counter")};
  s.services["passport"] = {"passport", "B", QueueName("counter")};
  engine::Channel chat;
  chat.name = ChannelName("chat");
  chat.presence = true;
  s.channels["chat"] = chat;
  engine::Channel walkin;
  walkin.name = ChannelName("walkin");
  walkin.can_reply = false;
  walkin.tickets = true;
  s.channels["walkin"] = walkin;
  for (const char* id : {"a1", "a2", "c1", "s1", "s2", "s3"}) {
    engine::Account a;
    a.id = AgentId(id);
    a.staff_no = "1001";
    a.role = id[0] == 's' ? engine::Role::supervisor : engine::Role::agent;
    if (a.role == engine::Role::agent)
      a.teams = {{QueueName("online"), 1, Duration{0}}, {QueueName("counter"), 2, Duration{0}}};
    if (a.id.str() == "c1") a.teams.erase(a.teams.begin());
    if (a.id.str() == "s2") a.teams = {{QueueName("counter"), 1, Duration{0}}};
    s.roster[a.id] = a;
  }
  return s;
}

rules::RuleSet one_rule() {
  rules::Settings s;
  s.default_queue = QueueName("online");
  rules::RuleSpec walkin;
  walkin.id = "walkin";
  walkin.when.emplace();
  walkin.when->ask = rules::Ask::channel;
  walkin.when->values = {"walkin"};
  walkin.then.queue = QueueName("counter");
  s.rules.push_back(std::move(walkin));
  auto set = rules::RuleSet::compile(std::move(s));
  if (!set) rules::throw_exception_from_error(set.error(), BOOST_CURRENT_LOCATION);
  return std::move(*set);
}

Settings shell() {
  Settings s;
  s.router = "r1";
  s.company = {{"zh", "公司"}, {"en", "Company"}};
  s.greeting = {{"zh", "{company} {staff_no} 为您服务"}, {"en", "{company}, {staff_no}"}};
  s.pepper = std::string(32, 'p');
  s.pause_over = std::chrono::hours{24};  // tests let the clock leap
  return s;
}

}  // namespace

std::string RecordingRouter::types(const std::string& attachment) const {
  std::string all;
  for (const auto& n : notices)
    if (n.attachment == attachment) all.append(all.empty() ? "" : " ").append(n.frame.at("type").as_string());
  return all;
}

bool RecordingRouter::told(const std::string& attachment, std::string_view text) const {
  for (const auto& n : notices)
    if (n.attachment == attachment && json::serialize(n.frame).find(text) != std::string::npos) return true;
  return false;
}

void GatedStore::let_go() {
  const auto longest = held_.front();
  held_.pop_front();
  longest->cancel();
}

boost::asio::awaitable<void> GatedStore::wait_here() {
  if (to_hold_ == 0) co_return;
  --to_hold_;
  const auto mine = std::make_shared<boost::asio::steady_timer>(io_, boost::asio::steady_timer::time_point::max());
  held_.push_back(mine);
  boost::system::error_code woken;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, woken);
  co_await mine->async_wait(token);
}

boost::asio::awaitable<boost::system::result<std::vector<Line>, store::Failure>> GatedStore::lines(ContactId id,
                                                                                                   std::uint64_t from,
                                                                                                   std::uint64_t to) {
  co_await wait_here();
  auto lines = co_await inner_.lines(id, from, to);
  co_return lines;
}

boost::asio::awaitable<boost::system::result<engine::Facts, store::Failure>> GatedStore::look_up(store::LookUp q) {
  co_await wait_here();
  auto facts = co_await inner_.look_up(std::move(q));
  co_return facts;
}

SmallShell::SmallShell(const Change& change, std::shared_ptr<store::MemoryServer> at) : server(std::move(at)) {
  engine::Settings engine = two_queues();
  Settings settings = shell();
  if (change) change(engine, settings);
  site = std::make_unique<Site>(io, clock, std::move(settings), std::move(engine), one_rule(), store, port);
  boost::asio::co_spawn(io, site->run(), [this](const std::exception_ptr& e) {
    over_ = true;
    if (e) std::rethrow_exception(e);
  });
  if (!fd::test::run_until(io, [this] { return site->ready().leading; })) throw std::runtime_error("nobody leads");
}

// Stops as the daemon does: everything taken is committed, then the coroutines end before what they refer to.
SmallShell::~SmallShell() {
  store.release();
  boost::asio::co_spawn(io, site->stop(), [](const std::exception_ptr& e) {
    if (e) std::rethrow_exception(e);
  });
  EXPECT_TRUE(fd::test::run_until(io, [this] { return over_ || !site->ready().leading; })) << "the site did not stop";
  fd::test::settle(io);
}

void SmallShell::run() { fd::test::settle(io); }

bus::RequestId SmallShell::put(bus::Request request, const std::string& edge) {
  port.sink().on_request(bus::EdgeId(edge), ++last, std::move(request));
  return last;
}

std::string SmallShell::ask(bus::Request request, const std::string& edge) {
  put(std::move(request), edge);
  run();
  return answered(last);
}

std::string SmallShell::answered(bus::RequestId id) const {
  const auto it = port.answers.find(id);
  if (it == port.answers.end()) return {};
  if (const auto* reject = std::get_if<bus::Reject>(&it->second)) return "reject " + reject->code;
  if (const auto* retry = std::get_if<bus::Retry>(&it->second)) return "retry " + retry->reason;
  return "ack";
}

const json::object& SmallShell::body(bus::RequestId id) const { return std::get<bus::Ack>(port.answers.at(id)).body; }

std::string SmallShell::write(const std::string& visitor, const std::string& text) {
  return write(visitor, text, ++counters_[visitor]);
}

bus::Submit line(const std::string& visitor, std::uint64_t n, std::string text, std::vector<Identity> identities) {
  bus::Submit submit;
  Message& m = submit.message;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId(visitor);
  m.page = "p";
  m.n = n;
  m.external_id = "p:" + std::to_string(n);
  m.identities = std::move(identities);
  m.text = std::move(text);
  return submit;
}

std::string SmallShell::write(const std::string& visitor, const std::string& text, std::uint64_t n) {
  return ask(line(visitor, n, text));
}

ContactId SmallShell::contact() const {
  for (auto it = port.answers.rbegin(); it != port.answers.rend(); ++it)
    if (const auto* ack = std::get_if<bus::Ack>(&it->second))
      if (const auto* id = ack->body.if_contains("contact"); id && id->is_string() && ack->body.contains("case"))
        return *ContactId::parse(std::string(id->as_string()));
  return {};
}

std::string SmallShell::attach_chat(const std::string& visitor) {
  bus::Attach attach;
  attach.attachment = bus::AttachmentId("chat." + visitor);
  attach.kind = bus::AttachKind::chat;
  attach.visitor = VisitorId(visitor);
  attach.page = "p";
  return ask(std::move(attach));
}

std::string SmallShell::attach_desk(const std::string& agent, const std::string& tab, const std::string& edge) {
  bus::Attach attach;
  attach.attachment = bus::AttachmentId("desk." + agent + tab);
  attach.kind = bus::AttachKind::desk;
  attach.agent = AgentId(agent);
  return ask(std::move(attach), edge);
}

std::string SmallShell::attach_display() {
  bus::Attach attach;
  attach.attachment = bus::AttachmentId("display");
  attach.kind = bus::AttachKind::display;
  return ask(std::move(attach));
}

std::string SmallShell::ticket(const std::string& service) {
  bus::Submit submit;
  Message& m = submit.message;
  m.channel = ChannelName("walkin");
  m.external_id = "kiosk-1:" + std::to_string(last);
  m.attributes["service"] = service;
  m.text = service;
  return ask(std::move(submit));
}

bus::Command SmallShell::command(bus::Verb verb, const std::string& agent) const {
  bus::Command c;
  c.verb = verb;
  c.agent = AgentId(agent);
  return c;
}

void SmallShell::available(const std::string& agent) {
  EXPECT_EQ(attach_desk(agent), "ack");
  auto c = command(bus::Verb::presence, agent);
  c.state = "available";
  if (agent != "a2") c.counter = "3";
  EXPECT_EQ(ask(std::move(c)), "ack");
}

std::string SmallShell::accept(const std::string& agent) {
  auto c = command(bus::Verb::accept, agent);
  for (const auto& n : port.notices)
    if (n.attachment == "desk." + agent && n.frame.at("type") == "offer") {
      c.offer = OfferId::parse(std::string(n.frame.at("offer").as_string()));
      c.contact = ContactId::parse(std::string(n.frame.at("contact").as_string()));
    }
  if (!c.offer || !c.contact) return "no offer";
  return ask(std::move(c));
}

}  // namespace fd::site::test
