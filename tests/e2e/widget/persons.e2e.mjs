// One browser, several people one after another: who logs out, or is followed by another, leaves nothing to the next one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { widgetTwin } from "../people/twin.mjs";
import { Site } from "../support/chat-site.mjs";
import { box, bubbles, host, send, setting, waitFor } from "./setting.mjs";

const signed = (id) =>
  `${Buffer.from(JSON.stringify({ id, exp: 1795510800 })).toString("base64url")}.${"0".repeat(64)}`;

/** A hello without a token is a visitor nobody knows. */
class Visitors extends Site {
  count = 0;
  welcome(line, hello) {
    if (!hello.token) {
      this.lines = [];
      this.pages.clear();
      this.count++;
    }
    super.welcome(line, { ...hello, token: hello.token ?? `visitor${this.count}` });
  }
}

/** Alice, in two tabs: something said, something that could not go out, something half written. */
async function afterAlice(t, extra = {}) {
  const page = (id) =>
    host(
      `${id}.html`,
      `<!doctype html><meta charset=utf-8><body><script src="/widget.js" data-website-token="demo" data-locale="zh-CN"
      data-identity="${signed(id)}"></script>`,
    );
  const made = await setting(t, {
    site: new Visitors(),
    extra: { "/alice": page("alice"), "/bob": page("bob"), ...extra },
  });
  const { server, context, page: first } = made;
  const second = await context.newPage();
  for (const tab of [first, second]) {
    await tab.goto(`${server.origin}/alice`);
    await tab.locator(".launcher").click();
    await box(tab).waitFor();
  }
  await first.bringToFront();
  await send(first, "一");
  await first.locator(".own .meta", { hasText: "已送达" }).waitFor();
  server.refuse(true);
  server.cut();
  await send(first, "卡号4111");
  await box(first).fill("密码是");
  await waitFor(() => kept(first).then((text) => text.includes("4111") && text.includes("密码是")));
  await waitFor(() =>
    box(second)
      .inputValue()
      .then((text) => text === "密码是"),
  );
  return { ...made, first, second, since: server.lines.length };
}
const kept = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

/** The next one says 二. What the server hears of it, and what the browser still holds of Alice. */
async function next({ server, site, since }, tabs) {
  for (const tab of tabs) {
    await waitFor(() =>
      box(tab)
        .inputValue()
        .then((text) => text === ""),
    );
    await waitFor(() =>
      bubbles(tab)
        .count()
        .then((n) => n === 0),
    );
  }
  assert.doesNotMatch(await kept(tabs[0]), /4111|密码|visitor1"/, "kept for the next one");
  server.refuse(false);
  await send(tabs[0], "二");
  await waitFor(() => site.taken.includes("二"));
  assert.deepEqual(site.taken, ["一", "二"]);
  return server.lines.slice(since).flatMap((line) => line.heard.filter(({ type }) => type === "hello"));
}

async function logout(t, extra) {
  const after = await afterAlice(t, extra);
  await after.first.evaluate(() => frontdesk.logout());
  for (const { identity, token, contact } of await next(after, [after.first, after.second])) {
    assert.equal(identity, undefined, "in whose name");
    assert.notEqual(token, "visitor1", "with whose token");
    assert.ok(token || !contact, "of whose chat");
  }
}

test("logged out: the line, what waits, what was kept and the other tab are nobody's", (t) => logout(t));

for (const [what, part, instead, why] of [
  ["keeps saying who she was", 'identity = draft = ""', 'draft = ""', /in whose name/],
  ["leaves what was kept", "kept.clear();", "", /kept for the next one/],
  ["tells the other tabs nothing", "tell({ left: true });", "", /in vain/],
])
  test(`control: a logout that ${what}`, (t) =>
    assert.rejects(logout(t, widgetTwin([["channels/chat/widget/effects.ts", part, instead]])), why));

test("another one signs in on the same page: hello says so, without Alice's visitor", async (t) => {
  const after = await afterAlice(t);
  await after.first.evaluate((bob) => frontdesk.setUser(bob), signed("bob"));
  const hellos = await next(after, [after.first, after.second]);
  assert.ok(hellos.length > 0);
  for (const { identity, token, contact } of hellos) {
    assert.equal(identity, signed("bob"));
    assert.notEqual(token, "visitor1");
    assert.ok(token || !contact);
  }
});

test("a page without identity knows nothing of her chat, and her own pages take it up again", async (t) => {
  const { server, site, first } = await afterAlice(t);
  server.refuse(false);
  await first.goto(`${server.origin}/demo/`);
  await first.locator(".launcher").click();
  await waitFor(() => site.count === 2);
  assert.equal(await box(first).inputValue(), "");
  assert.equal(server.lines.at(-1).heard[0].identity, undefined);
  await first.goto(`${server.origin}/alice`);
  await waitFor(() => server.lines.at(-1).heard[0]?.token === "visitor1");
});

test("the same one again, on a page that may keep nothing: the chat goes on", async (t) => {
  const html = `<!doctype html><meta charset=utf-8><body><script>Object.defineProperty(window,"localStorage",{get(){throw 1}})</script>
    <script src="/widget.js" data-website-token="demo" data-locale="zh-CN"></script>`;
  const { server, site, page } = await setting(t, {
    site: new Visitors(),
    extra: { "/private": host("private.html", html) },
  });
  await page.goto(`${server.origin}/private`);
  await page.locator(".launcher").click();
  await send(page, "一");
  await waitFor(() => site.taken.length === 1);
  for (const time of [1, 2]) {
    await page.evaluate((alice) => frontdesk.setUser(alice), signed("alice"));
    await waitFor(() => server.lines.length === 1 + time && server.lines[time].heard.length > 0);
    assert.equal(server.lines[time].heard[0].token, "visitor1");
    assert.equal(await bubbles(page).count(), 1);
  }
});
