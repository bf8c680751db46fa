// Chromium as every browser test and picture has it. Names below .test are this machine.
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP *.test 127.0.0.1",
];

/** The same engine without a browser around it: a page is open in half the time. `more`: further flags. */
export const launch = (more = []) =>
  chromium.launch({ executablePath: "/usr/bin/chromium-headless-shell", args: [...FLAGS, ...more] });

/** A whole browser that lives in a folder, with the preferences written there; its context. */
export const launchIn = (folder, options) =>
  chromium.launchPersistentContext(folder, { executablePath: "/usr/bin/chromium", args: FLAGS, ...options });
