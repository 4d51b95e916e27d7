// Elements made from values. Text is always text: nothing here, or anywhere else in the dashboard, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

let ids = 0;
export const uid = (what) => `${what}-${++ids}`;

// Where the focus is inside an element, in words that survive its being made anew.
const focusIn = (element) => {
  const at = document.activeElement;
  return at && element.contains(at) ? at.closest("[data-focus]")?.dataset.focus || "" : null;
};
export const focusOn = (element, name) => element.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus();

// Makes the children of `parent` those of `items`, in their order. What has not changed stays the same element, so
// focus, selection and a screen reader's place survive; what has changed is made anew and keeps the focus.
export function reconcile(parent, items, key, render) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item), text = JSON.stringify(item), old = before.get(name);
    before.delete(name);
    if (old && old.madeFrom === text) {
      if (old === place) place = place.nextElementSibling;
      else parent.insertBefore(old, place);
      continue;
    }
    const made = render(item);
    made.dataset.key = name;
    made.madeFrom = text;
    const focus = old ? focusIn(old) : null;
    if (old) {
      if (old === place) place = place.nextElementSibling;
      old.replaceWith(made);
      if (made.nextElementSibling !== place) parent.insertBefore(made, place);
      made.classList.add("changed");
    } else {
      parent.insertBefore(made, place);
    }
    if (focus !== null) focusOn(made, focus);
  }
  for (const gone of before.values()) gone.remove();
}

export function toast(text, bad = false) {
  const element = h("p", { class: bad ? "toast bad" : "toast" }, text);
  const toasts = document.getElementById("toasts");
  for (const old of toasts.querySelectorAll(".toast:not(.bad)")) old.remove();
  toasts.append(element);
  setTimeout(() => element.remove(), bad ? 9000 : 5000);
}
