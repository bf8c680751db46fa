// The languages by their own names: the only words that are the same in every language.

import type { Lang } from "../../../channels/http/browser/words";

export const LANGUAGES: readonly { readonly id: Lang; readonly text: string }[] = [
  { id: "zh-CN", text: "中文" },
  { id: "en", text: "English" },
];
