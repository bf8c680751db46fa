// The site's colour, and black or white on it.

/** Relative luminance of #rrggbb by WCAG 2.2, 0…1; NaN for what we do not understand. */
export function luminance(color: string): number {
  const [r = NaN, g = NaN, b = NaN] = /^#[0-9a-f]{6}$/i.test(color)
    ? [1, 3, 5].map((at) => {
        const c = parseInt(color.slice(at, at + 2), 16) / 255;
        return c > 0.04 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92;
      })
    : [];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever contrasts more: they are level at a luminance of 0.179, and one always reaches 4.5. */
export const onColor = (color: string): string => (luminance(color) > 0.179 ? "#000" : "#fff");

/** Launcher, own bubbles and primary buttons take the colour; focus rings and links keep the accent, readable anywhere. */
export function paintBrand(style: CSSStyleDeclaration, color: string): void {
  const known = luminance(color) >= 0;
  style.setProperty("--fd-brand", known ? color : "");
  style.setProperty("--fd-on-brand", known ? onColor(color) : "");
}
