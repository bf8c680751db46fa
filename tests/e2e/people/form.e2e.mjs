// A website that asks before the first message, from its configuration to what stays with the contact (docs/chat.md).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { box, People, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { widgetTwin } from "./twin.mjs";

const PHONE = "+86 138-0013-8000";
const ASKS = `chat:
  websites:
    demo:
      consent: {version: "2026-11", text: {zh: 发送即表示同意, en: You agree}, url: "https://shop.example.cn/privacy"}
      prechat:
        - {key: phone, type: phone, label: {zh: 手机号, en: Phone}, required: true}
        - {key: mail, type: email, label: {zh: 邮箱, en: E-mail}}
        - {key: about, type: list, label: {zh: 产品, en: Product}, options: [{id: washer, name: {zh: 洗衣机, en: Washer}}]}
`;
const RULE = "  - {id: washers, when: {attributes: {prechat.about: washer}}, then: {queue: q01}}\n";
const { conf, rules, agents } = teams([""], 1);
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents, conf: ASKS + conf, rules: rules + RULE }).open();
  people = new People(browser, site);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

async function asked(t, who) {
  const customer = await who.customer(t);
  const [phone, about] = [customer.locator(".welcome input").first(), customer.locator(".welcome select")];
  await phone.fill("138");
  await say(customer, "洗衣机漏水了");
  await customer.locator(".note.bad", { hasText: "请填写正确的电话号码" }).waitFor();
  await phone.fill(PHONE);
  await about.selectOption({ label: "洗衣机" });
  await box(customer).press("Enter");
  const number = (await who.claim(() => customer.locator(".event.copy").textContent())).replace(/[^\d-]/g, "");
  const contact = await site.json("contact", number);
  const { consent, website, ...rest } = contact.attributes;
  assert.deepEqual([contact.queue, consent, website], ["q01", "2026-11", "demo"], "a rule decided by an answer");
  const hidden = [rest["prechat.phone"], rest["prechat.about"], "prechat.mail" in rest];
  assert.deepEqual(hidden, ["***", "***", false], "an operator sees that it was answered, not what");
  assert.match(
    (await site.cli("contact", number)).out,
    /^consent +2026-11\nprechat.about +\*{3}\nprechat.phone +\*{3}$/m,
  );
  assert.equal(contact.customer.masked, "", "what was typed is no identity");
  const events = await site.redis("XREVRANGE", "fd:{main}:events", "+", "-", "COUNT", "50");
  assert.match(events, /"consent":"2026-11"/, "the record of inputs");
  assert.ok(events.includes(`"prechat.about":"washer","prechat.phone":"${PHONE}"`), "as it was answered");
  assert.ok(!readFileSync(join(site.dir, "log"), "utf8").includes("8000"), "no log knows the number");
  await say(customer, "第二条");
  await customer.locator(".own", { hasText: "第二条" }).locator(".meta", { hasText: "已送达" }).waitFor();
}

test("what a website asks is checked, decides the queue, and is recorded with its version", (t) => asked(t, people));
test("control: a widget that keeps the answers to itself", (t) => {
  const mute = ["channels/chat/widget/form.ts", "prechat: answers }", "prechat: undefined }"];
  return people.mustFail(t, widgetTwin([mute]), asked, /\.event\.copy/);
});
