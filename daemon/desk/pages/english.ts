// English is a file of its own: a desk in Chinese does not carry it. Both are finished before a feature is.

import type { Words } from "./words.zh-CN";

type Tree = { readonly [key: string]: string | Tree };

/** A page that is older than its daemon must not show holes where sentences were. */
function sameKeys(a: Tree, b: Tree): boolean {
  return Object.entries(a).every(([key, value]) => {
    const other = b[key];
    return typeof value === "string" ? typeof other === "string" : typeof other === "object" && sameKeys(value, other);
  });
}

/** `chinese`: what this page says without it. */
export async function loadEnglish(chinese: Words, path = "/desk/en.js"): Promise<Words | undefined> {
  try {
    const { default: words } = (await import(path)) as { default: Words };
    return sameKeys(chinese as unknown as Tree, words as unknown as Tree) ? words : undefined;
  } catch {
    return undefined; // the line is down: Chinese until it is back
  }
}
