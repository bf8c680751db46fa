// The shop's language switch: the page and the widget change together.

interface Frontdesk {
  setLocale(locale: string): void;
  toggle(to: "open" | "close"): void;
}

function widget(): Frontdesk | undefined {
  return (window as { frontdesk?: Frontdesk }).frontdesk;
}

function speak(lang: string): void {
  document.documentElement.lang = lang;
  document.title = document.querySelector(`h1 [lang=${lang}]`)?.textContent ?? document.title;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-speak]")) {
    button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-speak]")) {
  button.addEventListener("click", () => {
    const lang = button.dataset.speak ?? "en";
    speak(lang);
    widget()?.setLocale(lang);
  });
}
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => widget()?.toggle("open"));
}
speak(navigator.language.startsWith("zh") ? "zh-CN" : "en");
