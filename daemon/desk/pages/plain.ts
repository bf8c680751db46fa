// Did the page come over a line that others can read? Not https, and not from this very machine.

const HERE = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const overPlainHttp = (at: { readonly protocol: string; readonly hostname: string }): boolean =>
  at.protocol === "http:" && !HERE.test(at.hostname);
