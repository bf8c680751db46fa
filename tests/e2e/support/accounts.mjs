// The accounts of a test's site. The command's own hash costs 90 ms at every sign-in and longer on a busy machine; this
// one is of 8 KiB and one pass.
export const PASSWORD = "correct horse";
const HASH = "$argon2id$v=19$m=8,t=1,p=1$2cAtDm8v12HlDxoSlL9ihA$RYb7K1hFILFB0oXYetBtE5nfHN/KJF+Aj62f4Z7hl6c";

/** agents.yaml of `people`: [{no, name, role?, teams[]}]. */
export const accounts = (people) =>
  `agents:\n${people
    .map(({ no, name, role = "agent", teams }) => {
      const queues = teams.map((queue) => `{queue: "${queue}"}`);
      return `  - {id: "a${no}", staff_no: "${no}", name: "${name}", role: ${role}, teams: [${queues}], password: "${HASH}"}\n`;
    })
    .join("")}`;
