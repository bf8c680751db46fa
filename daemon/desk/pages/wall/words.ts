// The wall's sentences beside the desk's, which does not carry them.

import zh, { type WallWords } from "./words.zh-CN";
import desk, { type Words as DeskWords } from "../words.zh-CN";
import { useDesk } from "../pieces";
import type { App } from "../app";

export type Words = DeskWords & { readonly wall: WallWords };

/** What an App of the wall is made with. */
export const wallWords: Words = { ...desk, wall: zh };

export const wordsOf = (app: App): Words => app.words as Words;
export const useWords = (): Words => wordsOf(useDesk().app);
