export default function () {
  return { dir: { input: "pages", output: "_site" } };
}
