// Dialogs: native ones, so that focus, Escape and what lies behind are the browser's business.
import { focusOn, h, uid } from "/dashboard/dom.js";

// Gives the focus back to what has it now, also if that was made anew meanwhile because its row has changed.
function placeOfFocus() {
  const before = document.activeElement, name = before?.dataset.focus, row = before?.closest("[data-key]")?.dataset.key;
  return () => {
    if (before?.isConnected) return before.focus();
    const again = row && document.querySelector(`[data-key="${CSS.escape(row)}"]`);
    if (again && name) focusOn(again, name);
  };
}

// `fields` are elements; `act` does it and may throw, whose sentence is then shown. Resolves to what `act` returned,
// or undefined when the dialog was left.
export function ask({ title, fields, button, danger = false, act, ready = true }) {
  return new Promise((resolve) => {
    const heading = uid("dialog"), goBack = placeOfFocus();
    let result;
    const error = h("p", { class: "error", role: "alert" });
    const submit = h("button", { class: danger ? "danger" : "primary", type: "submit", disabled: !ready }, button);
    const cancel = h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const form = h("form", { novalidate: true }, h("h2", { id: heading }, title), fields, error,
                   h("div", { class: "buttons" }, cancel, submit));
    const dialog = h("dialog", { "aria-labelledby": heading }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit.disabled) return;
      error.textContent = "";
      submit.disabled = true;
      dialog.setAttribute("aria-busy", "true");
      try {
        result = (await act()) ?? true;
        dialog.close();
      } catch (refused) {
        error.textContent = refused.message;
        submit.disabled = false;
      } finally {
        dialog.removeAttribute("aria-busy");
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      goBack();
      resolve(result);
    });
    dialog.enable = (on) => { submit.disabled = !on; };
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const confirm = (title, text, button, act) => ask({ title, fields: h("p", {}, text), button, danger: true, act });

export function field(label, control, hint) {
  control.id ||= uid("field");
  const about = hint ? h("small", { id: uid("hint") }, hint) : null;
  if (about) control.setAttribute("aria-describedby", about.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, about);
}
