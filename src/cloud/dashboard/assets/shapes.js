// How a condition looks: a shape, a colour and a word, so that none of them alone has to be seen.
import { h, s } from "/dashboard/dom.js";

const SHAPES = {
  ok: () => [s("circle", { cx: 8, cy: 8, r: 7, class: "body" }), s("path", { d: "M4.8 8.3l2.2 2.2 4.3-4.6", class: "mark" })],
  warn: () => [s("path", { d: "M8 1.2L15 14.2H1z", class: "body" }), s("path", { d: "M8 6v4M8 12v.1", class: "mark" })],
  bad: () => [s("path", { d: "M5 1h6l4 4v6l-4 4H5l-4-4V5z", class: "body" }), s("path", { d: "M5.5 5.5l5 5M10.5 5.5l-5 5", class: "mark" })],
  pending: () => [s("circle", { cx: 8, cy: 8, r: 6.4, class: "ring" }), s("path", { d: "M8 4.5V8l2.4 1.6", class: "hand" })],
  off: () => [s("circle", { cx: 8, cy: 8, r: 6.4, class: "ring" }), s("path", { d: "M5 8h6", class: "hand" })],
};

// For use inside another picture, at a place in it.
export const shapeAt = (tone, x, y) => s("g", { class: `shape ${tone}`, transform: `translate(${x} ${y})` }, SHAPES[tone]?.() ?? SHAPES.off());
export const shape = (tone) => s("svg", { class: `shape ${tone}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, SHAPES[tone]?.() ?? SHAPES.off());
export const pill = (condition) => h("span", { class: `pill ${condition.tone}` }, shape(condition.tone), h("span", {}, condition.text));
