// The catalogue of configuration errors. docs/config-errors.md is compared with it by a test.

#include "config/report.hpp"

namespace fd::config {
namespace {

std::vector<Wording> of_shape() {
  return {
      {Code::unreadable, "cannot read the file: {0}", "无法读取文件：{0}",
       "check that it exists and that the daemon's user may read it", "请确认文件存在，并且守护进程的用户有读取权限"},
      {Code::tab, "a tab in the indentation", "缩进中有制表符", "YAML indents with spaces only", "YAML 只能用空格缩进"},
      {Code::unknown_key, "unknown key \"{0}\"", "未知的键“{0}”", "config/frontdesk.yaml names every key",
       "config/frontdesk.yaml 列出了所有键"},
      {Code::duplicate_key, "the key \"{0}\" stands here twice, first in line {1}", "键“{0}”重复，第一次在第 {1} 行",
       "keep one of the two", "只保留其中一个"},
      {Code::wrong_type, "expected {0}, found {1}", "应为 {0}，实为 {1}", "write {2}", "请写成 {2}"},
      {Code::wrong_unit, "\"{0}\" is not {1}", "“{0}”不是有效的 {1}", "write {2}", "请写成 {2}"},
      {Code::literal_secret, "a secret must not stand in the configuration", "配置中不能直接写密钥",
       "put it into a file of mode 0600 and write {file: /path}, or {credential: name} under systemd",
       "请放入权限为 0600 的文件并写 {file: /path}，在 systemd 下写 {credential: name}"},
      {Code::bad_yaml, "not valid YAML: {0}", "不是有效的 YAML：{0}",
       "check indentation, quotes and brackets of this line and the one before",
       "请检查本行和上一行的缩进、引号和括号"},
      {Code::out_of_range, "{0} is outside {1}", "{0} 超出范围 {1}", "choose a value within {1}", "请在 {1} 内取值"},
      {Code::ambiguous, "\"{0}\" without quotes reads differently in other YAML programs",
       "不加引号的“{0}”在不同的 YAML 程序中含义不同", "write \"{0}\" in quotes", "请加引号写成 \"{0}\""},
      {Code::too_large, "beyond the limit: {0}", "超出上限：{0}",
       "split the file, or write it with fewer aliases and levels", "请拆分文件，或减少别名和层级"},
      {Code::missing_key, "\"{0}\" is missing", "缺少“{0}”", "add \"{0}:\" here", "请在此处添加“{0}:”"},
      {Code::set_twice, "already set in {0}", "已在 {0} 设置",
       "two files of conf.d must not set the same value; remove one", "conf.d 中两个文件不能设置同一个值，请删除一处"},
      {Code::not_a_choice, "\"{0}\" is not one of {1}", "“{0}”不在可选值 {1} 中", "choose one of {1}",
       "请从 {1} 中选择"},
      {Code::not_utf8, "not UTF-8 text", "不是 UTF-8 文本", "save the file as UTF-8", "请将文件保存为 UTF-8"},
      {Code::bad_name, "\"{0}\" cannot be {1}", "“{0}”不能用作 {1}", "allowed: {2}", "允许：{2}"},
  };
}

std::vector<Wording> of_meaning() {
  return {
      {Code::unknown_channel, "unknown channel \"{0}\"", "未知的渠道“{0}”",
       "channels stand under channels:", "渠道在 channels: 下定义"},
      {Code::unknown_kind, "unknown kind \"{0}\"", "未知的类别“{0}”",
       "kinds stand under kinds:", "类别在 kinds: 下定义"},
      {Code::unknown_zone, "unknown time zone \"{0}\"", "未知的时区“{0}”",
       "write a name of the tz database, like Asia/Shanghai", "请写 tz 数据库中的名称，例如 Asia/Shanghai"},
      {Code::unknown_queue, "unknown queue \"{0}\"", "未知的队列“{0}”",
       "queues stand under queues:", "队列在 queues: 下定义"},
      {Code::unknown_service, "unknown service \"{0}\"", "未知的服务“{0}”",
       "services stand under walkin.services:", "服务在 walkin.services: 下定义"},
      {Code::overflow_loop, "overflow comes back to this queue: {0}", "溢出又回到了本队列：{0}",
       "let the last queue of the chain have no overflow", "链条中最后一个队列不要设置 overflow"},
      {Code::plain_listener, "{0} is reachable from other machines without encryption",
       "{0} 未加密，且可被其他机器访问", "put a TLS proxy before it and set {1}: https://…, or set allow_plain: true",
       "请在前面放置 TLS 代理并设置 {1}: https://…，或设置 allow_plain: true"},
      {Code::bad_address, "\"{0}\" is not an address with a port", "“{0}”不是带端口的地址",
       "write 127.0.0.1:8080 or [::1]:8080", "请写成 127.0.0.1:8080 或 [::1]:8080"},
      {Code::bad_redis, "\"{0}\" is no Redis this version knows", "“{0}”不是本版本支持的 Redis 写法",
       "write managed, unix:/path/redis.sock, or redis://host:port with a user before the host: redis://user@host:port",
       "请写 managed、unix:/path/redis.sock 或 redis://host:port，用户名写在主机前：redis://user@host:port"},
      {Code::bad_origin, "\"{0}\" is not an origin", "“{0}”不是有效的来源",
       "write scheme, host and port only, like https://www.example.cn; no path, no wildcard",
       "只写协议、主机和端口，例如 https://www.example.cn；不带路径和通配符"},
      {Code::used_twice, "{0} \"{1}\" is used twice, first at {2}", "{0}“{1}”重复使用，第一次在 {2}",
       "give one of them another {0}", "请修改其中一个 {0}"},
      {Code::one_site, "this version serves one site a process", "本版本一个进程只服务一个站点",
       "start one daemon a site", "请为每个站点启动一个守护进程"},
      {Code::bus_without_keys, "the bus does not speak \"{0}\"", "总线不支持“{0}”",
       "write inproc, or ipc:/path; tcp needs CURVE keys, which this version has not",
       "请写 inproc 或 ipc:/path；tcp 需要 CURVE 密钥，本版本尚不支持"},
      {Code::unknown_placeholder, "unknown placeholder {0}", "未知的占位符 {0}", "known: {1}", "可用：{1}"},
      {Code::bad_url, "\"{0}\" is not a web address", "“{0}”不是网址", "write https://host without a path",
       "请写成 https://主机，不带路径"},
      {Code::password_in_address, "the password of Redis must not stand in its address", "Redis 地址中不能写密码",
       "put it into a file of mode 0600 and write redis: {address: redis://user@host:port, password: {file: /path}}, "
       "or "
       "{credential: name} there under systemd",
       "请放入权限为 0600 的文件并写 redis: {address: redis://user@host:port, password: {file: /path}}，在 systemd "
       "下写 "
       "{credential: name}"},
      {Code::needless_password, "the managed Redis has no password", "自带的 Redis 没有密码",
       "remove it, or name the server it is for: address: redis://user@host:port",
       "请删除，或写明它用于哪个服务器：address: redis://user@host:port"},
      {Code::dead_before_ping, "silence of {0} ends what is asked for a sign of life only every {1} ({2})",
       "每 {1}（{2}）才询问一次，静默 {0} 就判定断开", "write more than {1}, best twice as much",
       "请写大于 {1} 的值，最好是两倍"},
      {Code::same_listener, "{0} and {1} are one address: only one of the two could listen there",
       "{0} 与 {1} 是同一个地址，只有一个能监听", "give listen.internal a port of its own",
       "请为 listen.internal 另设端口"},
      {Code::text_beyond_frame, "{0} characters of up to 4 bytes do not fit into a frame of {1}",
       "每个字符最多 4 字节，{0} 个字符放不进 {1} 的帧",
       "write at most {2}, or a larger sockets.customers.message_bytes_max",
       "请写不超过 {2} 的值，或增大 sockets.customers.message_bytes_max"},
      {Code::service_not_called, "queue \"{0}\" offers by itself: the numbers of this service would never be called",
       "队列“{0}”自动派单，本业务的号码不会被叫到", "name a queue with mode: pull", "请写 mode: pull 的队列"},
      {Code::not_offered, "queue \"{0}\" has mode: pull: nobody is offered what comes there, agents must call it",
       "队列“{0}”为 mode: pull：不会派单，须由客服呼叫", "name a queue with mode: push, unless this is meant",
       "如非有意，请写 mode: push 的队列", true},
      {Code::not_called, "tickets sent to queue \"{0}\" are never called: it offers by itself",
       "队列“{0}”自动派单，转入的号码不会被叫到", "name a queue with mode: pull, unless no ticket comes there",
       "请写 mode: pull 的队列，除非没有号码转入", true},
      {Code::idle_max_wait, "max_wait does nothing without overflow", "没有 overflow 时 max_wait 不起作用",
       "name the queue to go on to in overflow, or remove max_wait", "请在 overflow 中写明转入的队列，或删除 max_wait",
       true},
  };
}

std::vector<Wording> of_surroundings_and_rules() {
  return {
      {Code::unknown_environment, "unknown environment variable {0}", "未知的环境变量 {0}",
       "settings come from files only; known: {1}", "设置只来自文件；可用的变量：{1}"},
      {Code::secret_unreadable, "cannot read the secret: {0}", "无法读取密钥：{0}",
       "store it there with mode 0600, without an empty first line", "请以 0600 权限存放于此，首行不能为空"},
      {Code::secret_exposed, "{0} may be read or changed by other users of the machine",
       "{0} 可被本机其他用户读取或修改", "chmod 600 {0}", "chmod 600 {0}"},
      {Code::bad_password_hash, "not an argon2id password hash", "不是 argon2id 密码散列",
       "accounts are written by: frontdesk agent add", "账号由命令写入：frontdesk agent add"},
      {Code::weak_secret, "the secret has {0} bytes, which can be guessed", "密钥只有 {0} 字节，可能被猜出",
       "store at least {1}: openssl rand -hex 32", "请存放至少 {1} 字节：openssl rand -hex 32"},
      {Code::duplicate_rule, "two rules are named \"{0}\", the first at {1}", "两条规则同名“{0}”，第一条在 {1}",
       "give this one another id", "请为本条换一个 id"},
      {Code::unreachable_rule, "rule \"{0}\" can never decide: \"{1}\" at {2} always decides before it",
       "规则“{0}”永远不会生效：{2} 的“{1}”总在它之前生效", "move it before that rule, or change its conditions",
       "请移到那条规则之前，或修改条件"},
      {Code::bad_pattern, "pattern \"{0}\" does not compile: {1}", "表达式“{0}”无法编译：{1}",
       "patterns are RE2: no look-ahead, no back references", "表达式使用 RE2 语法：不支持前瞻和反向引用"},
      {Code::rule_test_failed, "the test expects {0} \"{1}\", the rules give \"{2}\"",
       "测试期望 {0} 为“{1}”，规则得出“{2}”", "change the rule or the test: frontdesk rules test",
       "请修改规则或测试：frontdesk rules test"},
      {Code::empty_rule, "rule \"{0}\" does nothing", "规则“{0}”没有任何动作",
       "name at least one thing under then:", "请在 then: 下至少写一项"},
      {Code::empty_word, "a word without a character", "空的词语", "remove it", "请删除"},
      {Code::rule_too_deep, "conditions nest deeper than {0} levels", "条件嵌套超过 {0} 层",
       "write them flatter, or as two rules", "请减少嵌套，或拆成两条规则"},
  };
}

}  // namespace

const std::vector<Wording>& catalogue() {
  static const std::vector<Wording> list = [] {
    std::vector<Wording> all = of_shape();
    for (const auto& more : {of_meaning(), of_surroundings_and_rules()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return list;
}

const std::vector<Filler>& fillers() {
  using Where = Filler::Where;
  static const std::vector<Filler> list{
      {Where::whole, "a map", "映射（键: 值）"},
      {Where::whole, "a list", "列表"},
      {Where::whole, "a text", "文本"},
      {Where::whole, "a number", "数字"},
      {Where::whole, "a web address", "网址"},
      {Where::whole, "a whole number", "整数"},
      {Where::whole, "a duration", "时间长度"},
      {Where::whole, "a size", "大小"},
      {Where::whole, "a network", "网段"},
      {Where::whole, "a time of day", "时刻"},
      {Where::whole, "a span of the day", "时段"},
      {Where::whole, "a word as key", "单词作为键"},
      {Where::whole, "a name", "名称"},
      {Where::whole, "an id", "id"},
      {Where::whole, "a staff number", "工号"},
      {Where::whole, "a credential", "凭据名称"},
      {Where::whole, "a rule's id", "规则 id"},
      {Where::whole, "a prefix of tickets", "号码前缀"},
      {Where::whole, "a second document in one file", "一个文件中有两个文档"},
      {Where::whole, "an alias inside of what it stands for", "别名引用了自身"},
      {Where::whole, "an empty list", "空列表"},
      {Where::whole, "at least one", "至少一项"},
      {Where::whole, "nothing", "空值"},
      {Where::whole, "something else", "其他内容"},
      {Where::whole, "true or false", "true 或 false"},
      {Where::whole, "{file: path} or {credential: name}", "{file: 路径} 或 {credential: 名称}"},
      {Where::whole, "staff number", "工号"},
      {Where::whole, "prefix", "前缀"},
      {Where::whole, "id of an account", "账号 id"},
      {Where::whole, "CREDENTIALS_DIRECTORY is not set", "未设置 CREDENTIALS_DIRECTORY"},
      {Where::whole, "all patterns together are too large", "全部表达式合计过大"},
      {Where::front, "one of ", "以下之一："},
      {Where::front, "id of ", "id，列表 "},
      {Where::front, "a text of ", "文本长度 "},
      {Where::front, "more than ", "大于 "},
      {Where::back, " aliases", " 个别名"},
      {Where::back, " levels", " 层"},
      {Where::back, " values", " 个值"},
      {Where::back, " bytes", " 字节"},
      {Where::back, " keys of one map", " 个键"},
      {Where::back, ", or with ms, m, h, d", "，或使用 ms、m、h、d"},
      {Where::back, " or ::1/128", " 或 ::1/128"},
  };
  return list;
}

}  // namespace fd::config
