// Compute → Access & Security → Floating IPs.
import * as api from "/dashboard/api.js";
import { ask, confirm, field } from "/dashboard/dialogs.js";
import { focusOn, h, reconcile, toast, uid } from "/dashboard/dom.js";
import { pager, search, trouble } from "/dashboard/parts.js";
import { pill } from "/dashboard/shapes.js";

let networks = [];
let focusNext = "";  // the address whose Associate button takes the focus once its row is there

async function allocate() {
  const pool = h("select", { name: "pool" }, networks.map((network) => h("option", { value: network.id }, network.name)));
  const description = h("input", { name: "description", maxlength: 255, autocomplete: "off" });
  const none = networks.length ? null : h("p", { class: "hint" }, "There is no external network to take an address from.");
  const made = await ask({
    title: "Allocate IP To Project", button: "Allocate IP", ready: networks.length > 0,
    fields: [none, field("Pool", pool, "The external network whose address it is."), field("Description (optional)", description)],
    act: () => api.allocate({ network_id: pool.value, description: description.value.trim() }),
  });
  if (!made) return;
  const address = made.floatingip.floating_ip_address;
  focusNext = address;
  giveFocus();
  toast(`${address} is allocated. Associate it with a VIP to reach a Service.`);
}

function giveFocus() {
  const row = focusNext && document.querySelector(`tr[data-address="${CSS.escape(focusNext)}"]`);
  if (!row) return;
  focusNext = "";
  focusOn(row, "associate");
}

const KINDS = { vip: "VIPs of load balancers", node: "Nodes", port: "Other ports" };

function targetChoice(item, group) {
  const id = uid("target");
  return h("div", { class: "choice" }, h("input", { type: "radio", name: group, value: item.port_id, id, required: true }),
           h("label", { for: id }, h("strong", {}, item.title), h("span", { class: "mono" }, item.address), h("small", {}, item.detail)));
}

async function associate(row) {
  const group = uid("targets");
  const list = h("div", { class: "choices" });
  const chosen = () => list.querySelector("input:checked");
  const count = h("p", { class: "hint", "aria-live": "polite" });
  const note = () => list.closest("dialog")?.enable(Boolean(chosen()));
  list.addEventListener("change", note);
  const load = async (text) => {
    const found = await api.view("targets", { id: row.id, search: text });
    const kinds = Object.keys(KINDS).map((kind) => [kind, found.items.filter((item) => item.kind === kind)]).filter(([, items]) => items.length);
    list.replaceChildren(...kinds.map(([kind, items]) =>
      h("fieldset", {}, h("legend", {}, KINDS[kind]), items.map((item) => targetChoice(item, group)))));
    const first = list.querySelector("input");
    if (first && found.items.length === 1) first.checked = true;
    count.textContent = found.total === 0 ? "Nothing on a network behind a router to this pool is free. Create a Service of type LoadBalancer first."
      : found.total > found.items.length ? `${found.items.length} of ${found.total} are shown; search for more.` : "";
    note();
  };
  try { await load(""); } catch (refused) { toast(refused.message, true); return; }
  let target = "";
  const done = await ask({
    title: `Associate ${row.address}`, button: "Associate", ready: Boolean(chosen()),
    fields: [search("Search ports", (text) => load(text).catch((refused) => toast(refused.message, true))), list, count],
    act: () => {
      target = chosen().closest(".choice").querySelector("strong").textContent;
      return api.associate(row.id, chosen().value);
    },
  });
  if (done) toast(`${row.address} leads to ${target}.`);
}

async function disassociate(row) {
  const done = await confirm(`Disassociate ${row.address}?`,
    `It leads to ${row.target.title} (${row.target.address}). Connections through it end; the address stays with the project.`,
    "Disassociate", () => api.associate(row.id, ""));
  if (done) toast(`${row.address} leads nowhere now.`);
}

async function release(row) {
  const leads = row.target ? `It leads to ${row.target.title}: connections through it end. ` : "";
  const done = await confirm(`Release ${row.address}?`, `${leads}The address goes back to the pool ${row.network} and may be given to others.`,
    "Release Floating IP", () => api.release(row.id));
  if (done) { toast(`${row.address} is released.`); document.getElementById("allocate")?.focus(); }
}

function target(row) {
  if (!row.target) return h("span", { class: "nothing" }, "—");
  const title = row.target.balancer_id ? h("a", { href: `#/load-balancers/${row.target.balancer_id}` }, row.target.title) : h("strong", {}, row.target.title);
  return [title, " ", h("span", { class: "mono" }, row.target.address), h("small", {}, row.target.detail)];
}

function tableRow(row, mayChange, project) {
  const button = (name, text, act, style) =>
    h("button", { type: "button", class: style, "data-focus": name, "aria-label": `${text} ${row.address}`, onclick: () => act(row) }, text);
  const actions = mayChange
    ? [row.target ? button("associate", "Disassociate", disassociate) : button("associate", "Associate", associate, "primary"),
       button("release", "Release", release, "quiet")]
    : h("small", {}, "Your role is to read.");
  return h("tr", { "data-address": row.address },
    h("th", { scope: "row", "data-label": "IP address" }, h("span", { class: "mono" }, row.address), row.description && h("small", {}, row.description)),
    h("td", { "data-label": "Leads to" }, target(row)),
    h("td", { "data-label": "Pool" }, row.network),
    project && h("td", { "data-label": "Project" }, row.project),
    h("td", { "data-label": "State" }, pill(row.condition), row.why && h("small", { class: "why" }, row.why)),
    h("td", { class: "actions" }, actions));
}

export function floatingIps(main) {
  const wanted = { search: "", page: 1 };
  let stop = () => {};
  const say = trouble();
  const allocateButton = h("button", { type: "button", class: "primary", id: "allocate", disabled: true, onclick: allocate }, "Allocate IP To Project");
  const head = h("thead"), body = h("tbody");
  const table = h("table", {}, h("caption", { class: "unseen" }, "Floating IPs of the project"), head, body);
  const empty = h("p", { class: "empty", hidden: true });
  const pages = pager("floating IPs", (by) => { wanted.page = Number(wanted.page) + by; follow(); });

  const show = (view) => {
    networks = view.external_networks;
    allocateButton.disabled = !view.may_change;
    const project = view.items.some((row) => row.project !== undefined);
    const columns = ["IP address", "Leads to", "Pool", project && "Project", "State", "Actions"].filter(Boolean);
    head.replaceChildren(h("tr", {}, columns.map((text) => h("th", { scope: "col" }, text))));
    reconcile(body, view.items, (row) => row.id, (row) => tableRow(row, view.may_change, project));
    table.hidden = view.total === 0;
    empty.hidden = view.total !== 0;
    empty.textContent = wanted.search ? `No floating IP matches “${wanted.search}”.`
      : "The project has no floating IP yet. Allocate one, then associate it with the VIP of a load balancer.";
    pages.show(view);
    wanted.page = view.page;
    giveFocus();
  };
  const follow = () => { stop(); stop = api.watch("floating-ips", wanted, show, say.say); };

  main.append(
    h("h1", { tabindex: -1 }, "Access & Security"),
    h("nav", { class: "tabs", "aria-label": "Access & Security" },
      h("a", { href: "#/access-and-security/floating-ips", "aria-current": "page" }, "Floating IPs")),
    h("div", { class: "toolbar" }, search("Search floating IPs", (text) => { wanted.search = text; wanted.page = 1; follow(); }), allocateButton),
    say, table, empty, pages);
  follow();
  return () => stop();
}
