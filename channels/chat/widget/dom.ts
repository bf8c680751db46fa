// Making elements without innerHTML.

type Prop = string | number | ((e: Event) => void);
type Child = Node | string;

/** `h("button", { class: "send", click: send }, child…)`: a function listens, all else is an attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Readonly<Record<string, Prop>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name of Object.keys(props)) {
    const value = props[name];
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value as string);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of icons.ts without words for a screen reader: the control around it carries the label. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", path);
  return svg;
}

export const textButton = (className: string, text: string, click: () => void, props = {}): HTMLButtonElement =>
  h("button", { class: className, type: "button", click, ...props }, text);

/** `label` is name and hint. */
export const iconButton = (className: string, label: string, path: string, click: () => void): HTMLButtonElement =>
  h("button", { class: className, type: "button", click, "aria-label": label, title: label }, icon(path));

/** A button that unfolds what it names; natively, so keys and state come with it. */
export const sheet = (className: string, label: string, path: string, ...children: Child[]): HTMLDetailsElement =>
  h(
    "details",
    { class: className },
    h("summary", { class: "tool", "aria-label": label, title: label }, icon(path)),
    h("div", { class: "sheet" }, ...children),
  );

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

// ASCII and escapes only: on a GBK page a regex literal is read in the page's charset.
const LINK =
  /(https?:\/\/[^\s<>"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*[^\s<>"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef.,;:!?)\]}])/;

/** A text as it is, cut at its http(s) addresses: every odd piece is one; a full stop after it is not part of it. */
export const pieces = (text: string): string[] => text.split(LINK);

export const link = (text: string, href: string): HTMLAnchorElement =>
  h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);

export const richText = (text: string): Child[] => pieces(text).map((piece, i) => (i % 2 ? link(piece, piece) : piece));
