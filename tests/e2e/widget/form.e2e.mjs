// What a website asks before the first message: its consent line and its form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { widgetTwin } from "../people/twin.mjs";
import { found } from "../support/axe.mjs";
import { Site } from "../support/chat-site.mjs";
import { ASKING, WEBSITE } from "../support/scripted-chat.mjs";
import { box, bubbles, openAt, send, setting, waitFor } from "./setting.mjs";

const field = (page, at) => page.locator(".welcome input, .welcome select").nth(at);
const heard = (server) => server.lines.flatMap((line) => line.heard).filter(({ type }) => type === "msg");
/** What a screen reader says of a field beside its name: its error, if it has one. */
const fault = (page, at) =>
  field(page, at).evaluate((one) => {
    const [error] = one
      .getAttribute("aria-describedby")
      .split(" ")
      .map((id) => one.getRootNode().getElementById(id));
    return error.hidden ? "" : `${one.ariaInvalid} ${error.getAttribute("role")} ${error.textContent}`;
  });
const faultsOf = (page) => Promise.all([0, 1, 2].map((at) => fault(page, at)));

async function asks(t, extra = {}) {
  const { server, site, page } = await setting(t, { website: ASKING, extra });
  await openAt(page, `${server.origin}/demo/`);
  await field(page, 1).fill("wang");
  await send(page, "你好，洗衣机漏水了");
  assert.equal(await bubbles(page).count(), 0, "it went out with answers missing");
  await page.locator(".topic", { hasText: "退换货" }).click();
  assert.deepEqual(await faultsOf(page), [
    "true alert 请填写此项",
    "true alert 请填写正确的邮箱地址",
    "true alert 请填写此项",
  ]);
  assert.equal(await field(page, 0).evaluate((one) => one.matches(":focus")), true);
  await field(page, 0).pressSequentially("12");
  assert.equal(await fault(page, 0), "true alert 请填写正确的电话号码");
  await field(page, 0).pressSequentially("345");
  await field(page, 0).press("Enter");
  await page.keyboard.insertText("@example.cn");
  await field(page, 2).selectOption({ label: "热水器" });
  assert.deepEqual(await faultsOf(page), ["", "", ""]);
  assert.deepEqual([heard(server), await box(page).inputValue()], [[], "你好，洗衣机漏水了"]);
  return { server, site, page };
}

test("a website that asks first: errors at the fields, nothing goes out, then the answers go with the first message", async (t) => {
  const { server, page } = await asks(t);
  assert.deepEqual(
    await page
      .locator(".welcome label")
      .evaluateAll((all) => all.map((one) => [one.textContent, one.control.required])),
    [
      ["您的手机号，方便断线后联系您 *", true],
      ["邮箱", false],
      ["产品 *请选择洗衣机热水器", true],
    ],
  );
  await box(page).press("Enter");
  await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
  await send(page, "第二条");
  await waitFor(() => heard(server).length === 2);
  const [first, second] = heard(server).map(({ cid, ...frame }) => frame);
  const prechat = { phone: "12345", mail: "wang@example.cn", about: "heater" };
  assert.deepEqual(first, { type: "msg", text: "你好，洗衣机漏水了", consent: "2026-11", prechat });
  assert.deepEqual(second, { type: "msg", text: "第二条" });
  assert.equal(await page.evaluate(() => Object.keys(localStorage).some((key) => /form:/.test(key))), false);
});

test("control: a widget that does not look at the answers", (t) => {
  const blind = ["channels/chat/widget/form.ts", "    return fault.hidden;\n", "    return true;\n"];
  return assert.rejects(asks(t, widgetTwin([blind])), /it went out/);
});

test("answers stay over a reload and a cut line, and go out with the message that a closed page left", async (t) => {
  const { server, page } = await setting(t, { website: ASKING });
  await openAt(page, `${server.origin}/demo/`);
  await field(page, 0).fill("13800138000");
  await page.reload();
  await page.locator(".launcher").click();
  assert.equal(await field(page, 0).inputValue(), "13800138000");
  await field(page, 2).selectOption("washer");
  server.refuse(true);
  server.cut();
  await send(page, "断线前");
  await page.locator(".own .meta", { hasText: "发送中" }).waitFor();
  await page.reload();
  server.refuse(false);
  await page.locator(".launcher").click();
  await waitFor(() => heard(server).length === 1);
  assert.deepEqual(heard(server)[0].prechat, { phone: "13800138000", mail: "", about: "washer" });
});

class Asking extends Site {
  take(line, frame) {
    if (frame.prechat || this.lines.length) return super.take(line, frame);
    return line.say({ type: "error", code: "prechat", cid: frame.cid, text: "msg.prechat.phone is missing" });
  }
}

test("a website that asks since the page was loaded: the text comes back, and the form is there", async (t) => {
  const website = { ...WEBSITE };
  const { server, site, page } = await setting(t, { website, site: new Asking() });
  await openAt(page, `${server.origin}/demo/`);
  Object.assign(website, ASKING);
  await send(page, "你好");
  await page.locator(".meta.loud", { hasText: "未能发送" }).click();
  assert.equal(await box(page).inputValue(), "你好");
  await field(page, 0).fill("13800138000");
  await field(page, 2).selectOption("washer");
  await box(page).press("Enter");
  await waitFor(() => site.taken.length === 1);
  assert.deepEqual(site.taken, ["你好"]);
});

class Small extends Site {
  take(line, frame) {
    return frame.text === "一" ? line.close(1009, "too big") : super.take(line, frame);
  }
}

/** What such a server hears of two messages, the first too big for it. */
async function tooBig(t, extra = {}) {
  const { server, site, page } = await setting(t, { site: new Small(), extra });
  await openAt(page, `${server.origin}/demo/`);
  await send(page, "一");
  await waitFor(() => server.lines.length > 1);
  await send(page, "二");
  await waitFor(() => site.taken.length === 1 || server.lines.length > 3);
  const heard = server.lines.flatMap((line) => line.heard).filter((frame) => frame.type === "msg");
  assert.deepEqual(
    heard.map((frame) => frame.text),
    ["一", "二"],
    "it was sent again",
  );
  return page;
}

test("a message too big for a frame: refused once, never sent again, the text comes back; the next one goes out", async (t) => {
  const page = await tooBig(t);
  await page.locator(".meta.loud", { hasText: "未能发送" }).click();
  assert.equal(await box(page).inputValue(), "一");
});

test("control: a widget that sends it again", (t) => {
  const again = ["channels/chat/widget/effects.ts", "fold.cut(state, code, Date.now())", "state"];
  return assert.rejects(tooBig(t, widgetTwin([again])), /sent again/);
});

test("the consent line: above the box of the empty chat, its version a link, recorded without a form; then out of the way", async (t) => {
  const { server, page } = await setting(t, { website: { ...WEBSITE, consent: ASKING.consent } });
  await openAt(page, `${server.origin}/demo/`);
  const terms = page.locator(".terms");
  assert.equal(await terms.textContent(), `${ASKING.consent.text.zh} 版本 2026-11`);
  assert.equal(await terms.locator("a").getAttribute("href"), "https://shop.example.cn/privacy");
  await page.locator(".topic").first().click();
  await waitFor(() => heard(server).length === 1);
  assert.deepEqual([heard(server)[0].consent, heard(server)[0].prechat], ["2026-11", undefined]);
  await terms.waitFor({ state: "hidden" });
});

test("the form on a phone: fields fill the width, nothing is cut, nothing zooms, the next chat asks again", async (t) => {
  const context = { viewport: { width: 360, height: 740 }, hasTouch: true };
  const { server, site, page } = await setting(t, { website: ASKING, context });
  await openAt(page, `${server.origin}/demo/`);
  for (const at of [0, 1, 2]) {
    const { x, width, height } = await field(page, at).boundingBox();
    assert.deepEqual([x, width, height >= 44], [24, 312, true]);
    assert.equal(await field(page, at).evaluate((one) => getComputedStyle(one).fontSize), "16px");
  }
  assert.equal(await page.locator("section.panel").evaluate((one) => one.scrollWidth), 360);
  await field(page, 0).fill("13800138000");
  await field(page, 2).selectOption("washer");
  await send(page, "你好");
  await waitFor(() => site.taken.length === 1);
  assert.equal(await field(page, 0).isVisible(), false);
  const over = { contact: "01KATJ3W00000000000000000A", case: "20261124-000123", state: "closed", reason: "resolved" };
  for (const line of site.open) line.say({ type: "state", ...over });
  await page.locator(".over .primary").click();
  assert.equal(await field(page, 0).isVisible(), true);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async (t) => {
    const context = { colorScheme, bypassCSP: true };
    const { server, page } = await setting(t, { website: ASKING, context });
    const inside = { include: [{ fromShadowDom: ["frontdesk-chat", ".fd"] }] };
    await openAt(page, `${server.origin}/demo/`);
    await page.waitForTimeout(250);
    assert.deepEqual(await found(page, { inside }), [], "form");
    await send(page, "你好");
    await page.locator(".note.bad:visible").first().waitFor();
    assert.deepEqual(await found(page, { inside }), [], "errors");
    await field(page, 0).evaluate((one) => one.parentElement.replaceWith(one));
    assert.match((await found(page, { inside })).join(), /label/, "control: a field without its label is found");
  });
}
