// The widget's style sheet, minified and imported as text.
declare module "widget.css" {
  const css: string;
  export default css;
}
