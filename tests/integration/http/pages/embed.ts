import sheet from "embed.css";

const style = document.createElement("style");
style.textContent = sheet;
document.head.append(style);
