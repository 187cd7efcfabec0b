// HTML or SVG that a cell made, in a frame that can do nothing: an empty `sandbox` gives it an origin of its own and
// takes scripts, forms, pop-ups and refreshes from it; the policy keeps it from fetching anything.
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:";

export default function render({ data, parentElement }) {
  const place = parentElement.querySelector(".frame");
  if (place.dataset.shown === data.key) return;
  place.dataset.shown = data.key;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.title = data.title;
  frame.srcdoc =
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<base target="_blank"><body style="margin:8px;font:14px sans-serif">${data.html}`;
  place.replaceChildren(frame);
}
