// What the pages share: search, pages of a list, the line that says what is wrong.
import { h, uid } from "/dashboard/dom.js";

// Calls back a moment after the last key.
export function search(label, callback) {
  const input = h("input", { type: "search", id: uid("search"), placeholder: label, autocomplete: "off", spellcheck: "false" });
  let timer = 0;
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => callback(input.value.trim()), 200); });
  return h("div", { class: "search" }, h("label", { class: "unseen", for: input.id }, label), input);
}

export function pager(what, callback) {
  const text = h("span", { "aria-live": "polite" });
  const back = h("button", { type: "button", onclick: () => callback(-1) }, "Back");
  const on = h("button", { type: "button", onclick: () => callback(1) }, "Next");
  const element = h("nav", { class: "pager", "aria-label": `Pages of ${what}` }, back, text, on);
  element.show = ({ page, pages, total }) => {
    element.hidden = pages < 2;
    text.textContent = `Page ${page} of ${pages} (${total})`;
    back.disabled = page <= 1;
    on.disabled = page >= pages;
  };
  element.hidden = true;
  return element;
}

export function trouble() {
  const element = h("p", { class: "trouble", role: "alert", hidden: true });
  element.say = (text) => { element.hidden = !text; if (element.textContent !== text) element.textContent = text; };
  return element;
}
