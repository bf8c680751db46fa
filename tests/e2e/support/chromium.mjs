// Chromium as every browser test and picture has it. Names below .test are this machine.
import { chromium } from "playwright-core";

const how = (more) => ({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    ...more,
  ],
});

/** `more`: further flags. */
export const launch = (more = []) => chromium.launch(how(more));

/** A context that lives in a folder, with the preferences written there. */
export const launchIn = (folder, options) => chromium.launchPersistentContext(folder, { ...how([]), ...options });
