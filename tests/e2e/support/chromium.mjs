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

const executablePath = "/usr/bin/chromium"; // the shell without a browser starves idle callbacks now and then

/** `more`: further flags. */
export const launch = (more = []) => chromium.launch({ executablePath, args: [...FLAGS, ...more] });

/** A browser that lives in a folder, with the preferences written there; its context. */
export const launchIn = (folder, options) =>
  chromium.launchPersistentContext(folder, { executablePath, args: FLAGS, ...options });
