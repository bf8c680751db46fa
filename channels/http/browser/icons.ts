// Outline icons on a 24 × 24 grid, as path data: for `icon()` of the widget, or `<svg viewBox="0 0 24 24"><path d={send}/></svg>` in TSX.

export const chat = "M20 11.5a7.5 7.5 0 0 1-7.5 7.5c-1.3 0-2.6-.3-3.7-.9L4 19.5l1.4-4.3A7.5 7.5 0 1 1 20 11.5Z";
export const close = "M6 6l12 12M18 6L6 18";
export const send = "M4.5 11.5L20 4l-5 16-3.5-6.5L4.5 11.5ZM11.5 13.5L20 4";
export const more = "M5.5 12h.01M12 12h.01M18.5 12h.01";
export const check = "M5 12.5l4.5 4.5L19 7.5";
export const checks = "M2.5 12.5L7 17l9-9.5M11.5 16l1 1 9-9.5";
export const warning = "M12 4L2.8 20h18.4L12 4ZM12 10v4.5M12 17.3h.01";
export const retry = "M20 5v5h-5M19.5 10a8 8 0 1 0 .3 4";
export const offline =
  "M4 4l16 16M8.5 16a5 5 0 0 1 7 0M5 12.5a10 10 0 0 1 4-2.4M15.5 10.3A10 10 0 0 1 19 12.5M12 19.5h.01";
export const clock = "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM12 7v5l3.5 2";
export const copy = "M9 9h11v11H9zM15 9V4H4v11h5";
export const down = "M12 5v14M6 13l6 6 6-6";
export const up = "M12 19V5M6 11l6-6 6 6";
export const left = "M14.5 6l-6 6 6 6";
export const right = "M9.5 6l6 6-6 6";
export const phone =
  "M5 3.5h4l1.8 5-2.6 1.7a12 12 0 0 0 5.6 5.6l1.7-2.6 5 1.8v4a1.5 1.5 0 0 1-1.6 1.5C10.5 20 4 13.5 3.5 5.1A1.5 1.5 0 0 1 5 3.5Z";
export const mail = "M3 5.5h18v13H3zM3.5 6l8.5 7 8.5-7";
export const ticket = "M3 7h18v3.5a1.5 1.5 0 0 0 0 3V17H3v-3.5a1.5 1.5 0 0 0 0-3zM14.5 7v2M14.5 11v2M14.5 15v2";
export const person = "M12 12a4 4 0 1 1 0-8 4 4 0 0 1 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0";
export const people =
  "M9 12a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7ZM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14a6.5 6.5 0 0 1 3.5 5.5";
export const search = "M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM15.5 15.5L20.5 20.5";
export const lock = "M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3";
export const note = "M5 4h14v10.5L13.5 20H5zM13 20v-6h6M8.5 8.5h7M8.5 12h3";
export const transfer = "M4 8.5h15M15 4.5l4 4-4 4M20 15.5H5M9 11.5l-4 4 4 4";
export const flag = "M5.5 21V4M5.5 4.5h12l-2.5 4 2.5 4h-12";
export const bell = "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4";
export const bellOff = "M6 16.5V11a6 6 0 0 1 1.2-3.6M10 5.3A6 6 0 0 1 18 11v3M16 18.5H4.5l1.5-2M10 21h4M4 4l16 16";
export const sun =
  "M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4";
export const moon = "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z";
export const plus = "M12 5v14M5 12h14";
export const minus = "M5 12h14";
export const info = "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM12 11v5.5M12 7.5h.01";
export const help =
  "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM9.5 9.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 1.8M12 16.5h.01";
export const mic = "M9 11V6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21";
export const stop = "M7 7h10v10H7z";
export const play = "M8 5.5l11 6.5-11 6.5z";
export const pause = "M8 5.5v13M16 5.5v13";
export const expand = "M6.5 9.5L12 15l5.5-5.5";
export const sliders = "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h11M19 17h1M15 5v4M9 10v4M17 15v4";
export const full = "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5";
export const out = "M10 4H5v16h5M14.5 8l4 4-4 4M9.5 12h9";
