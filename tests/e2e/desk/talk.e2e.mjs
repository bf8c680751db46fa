// The conversation: drafts, cut lines, an expired sign-in, resolving, transfer, input methods, search.
import assert from "node:assert/strict";
import { test } from "node:test";
import { id, row } from "../support/desk-site.mjs";
import { A, B, box, desk, frames, open, until } from "./page.mjs";

test("drafts never cross conversations and survive a reload", async (t) => {
  const { page } = await desk(t);
  await open(page, A);
  await page.keyboard.type("给甲的话");
  await open(page, B);
  assert.equal(await box(page).inputValue(), "");
  await page.keyboard.type("给乙的话");
  await page.locator(".composer-modes button", { hasText: "备注" }).click();
  await page.keyboard.type("乙的备注");
  await open(page, A);
  assert.equal(await box(page).inputValue(), "给甲的话");
  await page.reload();
  await page.waitForSelector(`#row-${B}`);
  await open(page, B);
  assert.equal(await box(page).inputValue(), "给乙的话");
  await page.locator(".composer-modes button", { hasText: "备注" }).click();
  assert.equal(await box(page).inputValue(), "乙的备注");
});

test("the line breaks between a message and its answer: sent again under its id, shown once, in order", async (t) => {
  const { page, server, site } = await desk(t, {
    scene: (line, n) => {
      if (n > 0) return;
      line.hold("msg");
      line.next("msg").then((frame) => {
        line.manual.delete("msg");
        // kept, but the answer is lost with the line
        const [pageId, count] = frame.id.split(":");
        site.taken = { [pageId]: Number(count) };
        site.contacts[0].seq += 1;
        const kept = { seq: site.contacts[0].seq, at: Date.now(), by: "agent", kind: "text", text: frame.text };
        site.lines[A].push({ ...kept, cid: frame.id });
        line.socket.terminate();
      });
    },
  });
  await open(page);
  await page.waitForSelector(".bubble");
  await page.keyboard.type("第一句");
  await page.keyboard.press("Enter");
  await page.keyboard.type("第二句");
  await page.keyboard.press("Enter");
  await until(() => server.lines.length > 1 && frames(server, "msg", 1).length >= 2);
  const [again, second] = frames(server, "msg", 1);
  assert.equal(again.id, frames(server, "msg")[0].id, "the same id");
  assert.deepEqual([again.text, second.text], ["第一句", "第二句"]);
  await until(async () => (await page.locator(".entry.pending").count()) === 0);
  const own = await page.locator(".entry.own .bubble").allInnerTexts();
  assert.equal(own.filter((text) => text.includes("第一句")).length, 1);
  assert.equal(own.filter((text) => text.includes("第二句")).length, 1);
});

test("expired: the page and the draft stay, the same number signs in again, the line comes back", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.type("草稿还在");
  server.expire();
  server.lines[0].say({ type: "error", code: "session_over", text: "" });
  server.lines[0].close(4401);
  await page.getByRole("alertdialog").waitFor();
  await page.keyboard.type("right");
  await page.keyboard.press("Enter");
  await until(async () => (await page.getByRole("alertdialog").count()) === 0);
  await until(() => server.lines.length === 2);
  assert.equal(await box(page).inputValue(), "草稿还在");
});

test("expired, and a colleague signs in on this page: nothing of the first one is shown as theirs", async (t) => {
  const { page, server } = await desk(t, { login: () => [200, { agent: "a9999" }] });
  await page.waitForSelector(".row");
  server.expire();
  server.lines[0].close(4401);
  await page.getByRole("alertdialog").waitFor();
  await page.keyboard.type("other");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "重新载入" }).waitFor();
  assert.equal(server.lines.length, 1);
});

test("resolve names what is missing, then sends what was seen; a newer message is said in words", async (t) => {
  const { page, server } = await desk(t, { scene: (line) => line.hold("resolve") });
  await open(page);
  await page.waitForSelector(".bubble");
  await page.keyboard.press("Escape"); // leave the text box
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "结束会话" }).click();
  await page.getByText("还缺：处理结果").waitFor();
  await page.locator(".choice-filter").fill("上门");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "结束会话" }).click();
  const sent = await server.lines[0].next("resolve");
  assert.deepEqual([sent.v, sent.seq, sent.kind, sent.disposition], [3, 9, "repair", "visit_booked"]);
  server.lines[0].say({ type: "refused", id: sent.id, code: "unread", why: "line 10" });
  await page.getByText("客户刚发来新消息，请先看一眼再结束").waitFor();
  await page.getByRole("button", { name: "结束会话" }).click();
  const again = await server.lines[0].next("resolve");
  server.lines[0].say({ type: "done", id: again.id, contact: A });
  server.lines[0].delta({ type: "contact_gone", id: A, why: "resolved" });
  await until(async () => (await page.locator("dialog").count()) === 0);
  await page.locator(".banner", { hasText: "会话已结束" }).waitFor();
});

test("transfer to a colleague with a reason; the form closes when it is done", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await page.locator(".segments button", { hasText: "同事" }).click();
  await page.locator(".transfer .choice-list button", { hasText: "赵敏" }).click();
  await page.locator(".transfer .choice-list button", { hasText: "客户要求" }).click();
  await page.locator(".transfer [type=submit]").click();
  await until(() => frames(server, "transfer").length === 1);
  const [sent] = frames(server, "transfer");
  assert.deepEqual([sent.to, sent.reason, sent.v], [{ agent: "a1031" }, "asked", 3]);
  await until(async () => (await page.locator("dialog").count()) === 0);
});

test("an input method: Enter that ends a composition does not send, nor do its letters act", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { selectionStart: 2, selectionEnd: 2, text: "ni" });
  await page.keyboard.press("Enter");
  await page.waitForTimeout(50); // an Enter that were taken would be a frame by now
  assert.equal(frames(server, "msg").length, 0);
  await cdp.send("Input.insertText", { text: "你好" });
  await page.keyboard.press("Enter");
  await until(() => frames(server, "msg").length === 1);
  assert.match(frames(server, "msg")[0].text, /你好/);
});

test("control: without a composition the same Enter sends", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.type("ni");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "msg").length === 1);
});

test("what is typed at once after Ctrl+K, or when the sign-in ends, goes there and not to the desk", async (t) => {
  const { page, server } = await desk(t);
  await page.waitForSelector(".row");
  const palette = await page.evaluate(async () => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
    await new Promise((done) => setTimeout(done)); // the very next task
    return document.activeElement.matches(".palette-input input");
  });
  assert.equal(palette, true);
  await page.keyboard.press("Escape");
  server.expire();
  await page.evaluate(() => {
    new MutationObserver((_, watch) => {
      if (!document.querySelector("[role=alertdialog]")) return;
      watch.disconnect();
      setTimeout(() => (window.focused = document.activeElement.name));
    }).observe(document.body, { subtree: true, childList: true });
  });
  server.lines[0].close(4401);
  await until(async () => (await page.evaluate(() => window.focused)) !== undefined);
  assert.equal(await page.evaluate(() => window.focused), "password");
});

test("search by number opens the contact read only; an unknown one is said", async (t) => {
  const { page } = await desk(t, {
    change: (s) => {
      s.lines[id(900)] = s.lines[A];
      s.found = { "20260101-000009": [id(900)] };
    },
  });
  await page.waitForSelector(".row");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("20260101000008");
  await page.keyboard.press("Enter");
  await page.getByText("没有找到工单 20260101-000008").waitFor();
  await page.locator(".palette-input input").fill("20260101-000009");
  await page.keyboard.press("Enter");
  await page.locator(".banner", { hasText: "只读" }).waitFor();
  await page.waitForSelector(".bubble");
  assert.equal(await page.locator(".composer").count(), 0);
});

test("over plain http a red banner stays on sign-in and desk, but not on this very machine", async (t) => {
  const banner = (page) => page.locator(".strip.bad", { hasText: "没有加密" });
  const { page } = await desk(t, { host: "desk.test", signedIn: false });
  await page.waitForSelector("[name=staff_no]");
  await banner(page).waitFor();
  await page.keyboard.type("1024");
  await page.locator("[name=password]").fill("right");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`#row-${A}`);
  await banner(page).waitFor();
  await open(page);
  await banner(page).waitFor();
  for (const host of ["127.0.0.1", "localhost"]) {
    const { page: near } = await desk(t, { host });
    await near.waitForSelector(`#row-${A}`);
    assert.equal(await banner(near).count(), 0, host);
  }
});

test("nothing to choose, nothing asked: without a conversation the desk says so, with one it says how to open it", async (t) => {
  const none = (s) => Object.assign(s, { contacts: [], todo: [], capacity: { used: 0, total: 125 } });
  const { page, server } = await desk(t, { change: none });
  await page.locator(".talk-none", { hasText: "当前没有会话" }).waitFor();
  assert.equal(await page.getByText("选择一个会话").count(), 0);
  server.lines[0].delta({ type: "contact", ...row(0, "zh", Date.now()) });
  await page.locator(".talk-none", { hasText: "选择一个会话" }).waitFor();
});
