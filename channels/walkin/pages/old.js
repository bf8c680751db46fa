// Browsers without modules get a sentence instead of a blank page.
document.getElementById("root").textContent =
  "\u60a8\u7684\u6d4f\u89c8\u5668\u7248\u672c\u8fc7\u4f4e\uff0c\u8bf7\u66f4\u65b0\u540e\u518d\u8bd5\u3002 This browser is too old: use Chromium 108, Firefox 115, Safari 16.4 or newer.";
