// A chat server that plays a scene: it stands in for the daemon where a test or a picture needs a state on demand.
// It serves the widget from a folder, /chat/settings, and the WebSocket /chat; a scene is a function of one connection.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

export const WEBSITE = {
  allowed: true,
  name: { zh: "青禾家电客服", en: "Qinghe Home support" },
  greeting: {},
  topics: [
    { id: "install", name: { zh: "预约安装", en: "Book an installation" } },
    { id: "repair", name: { zh: "产品故障报修", en: "Report a fault" } },
    { id: "return", name: { zh: "退换货", en: "Return or exchange" } },
  ],
  phone: "400-800-1234",
  mail: "kf@example.cn",
};

/** What such a website may ask before the first message; patterns as channels/chat/form.cpp has them. */
export const ASKING = {
  ...WEBSITE,
  consent: {
    version: "2026-11",
    text: {
      zh: "发送消息即表示您同意我们按隐私说明处理聊天内容，保存 30 天。",
      en: "By sending a message you agree to our privacy notice; chats are kept for 30 days.",
    },
    url: "https://shop.example.cn/privacy",
  },
  prechat: [
    {
      key: "phone",
      type: "phone",
      label: { zh: "您的手机号，方便断线后联系您", en: "Your phone, in case we get cut off" },
      required: true,
      pattern: "\\+?([ \\(\\)\\.\\/\\-]*[0-9]){5,20}[ \\(\\)\\.\\/\\-]*",
      mode: "tel",
    },
    {
      key: "mail",
      type: "email",
      label: { zh: "邮箱", en: "E-mail" },
      required: false,
      pattern: "\\s*[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+\\s*",
      mode: "email",
    },
    {
      key: "about",
      type: "list",
      label: { zh: "产品", en: "Product" },
      required: true,
      options: [
        { id: "washer", name: { zh: "洗衣机", en: "Washing machine" } },
        { id: "heater", name: { zh: "热水器", en: "Water heater" } },
      ],
    },
  ],
};

const catalogue = (language) =>
  JSON.parse(readFileSync(new URL(`../../../channels/chat/widget/words.${language}.json`, import.meta.url)));
const WORDS = { "zh-CN": catalogue("zh-CN"), en: catalogue("en") };

/** The settings in the first language wanted that there is, with the widget's words and style, as the daemon says them. */
function settingsIn(website, wanted, css) {
  const primary = wanted.split(",").find((one) => /^(zh|en)/i.test(one)) ?? "en";
  const language = /^zh/i.test(primary) ? "zh-CN" : "en";
  const { name, greeting, topics, consent, prechat = [], ...rest } = website;
  const inIt = (texts) => texts[language.slice(0, 2)] ?? Object.values(texts)[0] ?? "";
  const named = (list) => list.map((one) => ({ ...one, name: inIt(one.name) }));
  return {
    ...rest,
    name: inIt(name),
    greeting: inIt(greeting),
    topics: named(topics),
    ...(consent && { consent: { ...consent, text: inIt(consent.text) } }),
    prechat: prechat.map(({ label, options, ...one }) => ({
      ...one,
      label: inIt(label),
      ...(options && { options: named(options) }),
    })),
    lang: language,
    words: WORDS[language],
    css: readFileSync(css, "utf8"),
  };
}

/** One page's connection: `say(frame)`, `heard` (all frames so far), `next(type)` waits for the next of a type. */
export class Line {
  constructor(socket) {
    this.socket = socket;
    this.heard = [];
    this.read = 0;
    this.waiting = [];
    socket.on("message", (data) => {
      this.heard.push(JSON.parse(String(data)));
      this.waiting.splice(0).forEach((wake) => wake());
    });
  }
  say(frame) {
    this.socket.send(JSON.stringify(frame));
  }
  async next(type) {
    for (;;) {
      const at = this.heard.findIndex((frame, i) => i >= this.read && frame.type === type);
      if (at >= 0) {
        this.read = at + 1;
        return this.heard[at];
      }
      await new Promise((wake) => this.waiting.push(wake));
    }
  }
  close(code, reason) {
    this.socket.close(code, reason);
  }
}

/**
 * `files`: address → file; `scene(line, n)` plays the n-th connection (0, 1, …).
 * Returns {origin, lines, website, stop()}; `refuse(true)` makes handshakes fail.
 */
export async function play({ files, scene, website = WEBSITE, port = 0 }) {
  const lines = [];
  let refusing = false;
  const http = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, "http://here");
    if (path === "/chat/settings") {
      response.setHeader("Content-Type", "application/json; charset=utf-8");
      response.setHeader("Access-Control-Allow-Origin", "*");
      return response.end(JSON.stringify(settingsIn(website, searchParams.get("l"), files["/chat/widget.css"])));
    }
    const file = files[path] ?? (path.startsWith("/chat/") ? files["/chat/"] : undefined);
    if (!file) return response.writeHead(404).end();
    const type = TYPES[file.split(".").pop()];
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (/^\/(demo|chat)\//.test(path)) response.setHeader("Content-Security-Policy", POLICY);
    response.end(await readFile(file));
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "frontdesk.chat.v1" });
  http.on("upgrade", (request, socket, head) => {
    if (refusing) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (open) => {
      const line = new Line(open);
      lines.push(line);
      Promise.resolve(scene?.(line, lines.length - 1)).catch((error) => console.error(error));
    });
  });
  await new Promise((done) => http.listen(port, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${http.address().port}`,
    lines,
    refuse: (yes) => (refusing = yes),
    cut: () => lines.forEach((line) => line.socket.terminate()),
    stop: () => {
      lines.forEach((line) => line.socket.terminate());
      http.closeAllConnections?.();
      return new Promise((done) => http.close(done));
    },
  };
}
