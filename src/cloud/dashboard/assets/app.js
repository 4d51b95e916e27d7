// The frame: session, navigation, one page at a time.
import * as api from "/dashboard/api.js";
import { clusters } from "/dashboard/clusters.js";
import { field } from "/dashboard/dialogs.js";
import { h, toast } from "/dashboard/dom.js";
import { floatingIps } from "/dashboard/floating_ips.js";
import { loadBalancer, loadBalancers } from "/dashboard/load_balancers.js";

const HOME = "#/load-balancers";
// [group, [[name, address], …]]
const NAVIGATION = [
  ["Compute", [["Access & Security", "#/access-and-security/floating-ips"]]],
  ["Network", [["Load Balancers", "#/load-balancers"]]],
  ["Container Infra", [["Clusters", "#/clusters"]]],
];
const PAGES = [
  [/^#\/access-and-security(\/floating-ips)?$/, "Floating IPs", floatingIps],
  [/^#\/load-balancers$/, "Load Balancers", loadBalancers],
  [/^#\/load-balancers\/([^/]+)$/, "Load balancer", loadBalancer],
  [/^#\/clusters$/, "Clusters", clusters],
];

const app = document.getElementById("app");
let leave = () => {};
let main = null;

const brand = () => h("span", { class: "brand" }, h("img", { src: "/dashboard/icon.svg", alt: "", width: 28, height: 28 }), "Fairway");

// ---- log in

function loginPage(note = "") {
  leave();
  leave = () => {};
  main = null;
  // One that is open would lie over the page and keep it from being used.
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  document.title = "Log in – Fairway";
  const error = h("p", { class: "error", role: "alert" }, note);
  const user = h("input", { name: "user", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const project = h("input", { name: "project", autocapitalize: "none", spellcheck: "false", required: true });
  const domain = h("input", { name: "domain", placeholder: "Default", spellcheck: "false" });
  const button = h("button", { class: "primary", type: "submit" }, "Log in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = "";
    const given = { user: user.value.trim(), password: password.value, project: project.value.trim(), domain: domain.value.trim() };
    password.value = "";
    try {
      const session = await api.logIn(given);
      enter(session);
    } catch (refused) {
      error.textContent = refused.message;
      button.disabled = false;
      password.focus();
    } finally {
      given.password = "";
    }
  };
  app.replaceChildren(h("main", { id: "main", class: "login" },
    h("form", { onsubmit: submit, novalidate: true }, h("h1", {}, brand()), h("p", { class: "hint" }, "Log in with your OpenStack user."),
      field("User name", user), field("Password", password), field("Project", project),
      h("details", {}, h("summary", {}, "Another domain"), field("Domain", domain)), error, button)));
  user.focus();
}

// ---- the frame

function group([name, items]) {
  const inside = items.some(([, address]) => location.hash.startsWith(address.split("/").slice(0, 2).join("/")));
  const list = h("ul", { hidden: !inside }, items.map(([text, address]) => h("li", {}, h("a", { href: address }, text))));
  const button = h("button", { type: "button", "aria-expanded": String(inside), onclick: () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
  } }, name);
  return h("li", {}, button, list);
}

async function leaveForGood(event) {
  event.currentTarget.disabled = true;
  try {
    await api.logOut();
    loginPage("You are logged out.");
  } catch (refused) {
    event.target.disabled = false;
    if (refused.status !== 401) toast(refused.message, true);
  }
}

function enter(session) {
  if (!location.hash || location.hash === "#/") history.replaceState(null, "", HOME);
  main = h("main", { id: "main", tabindex: -1 });
  app.replaceChildren(
    h("header", { class: "top" }, h("a", { class: "home", href: HOME }, brand()),
      h("div", { class: "who" }, h("span", { title: `Roles: ${session.roles.join(", ")}` }, h("span", { class: "unseen" }, "Project "), h("strong", {}, session.project),
        " · ", h("span", { class: "unseen" }, "user "), session.user), h("button", { type: "button", class: "quiet", onclick: leaveForGood }, "Log out"))),
    h("nav", { class: "side", "aria-label": "Main" }, h("ul", {}, NAVIGATION.map(group))), main);
  go();
}

function markPlace() {
  for (const link of document.querySelectorAll("nav.side a")) {
    const here = location.hash.startsWith(link.getAttribute("href").split("/").slice(0, 2).join("/"));
    if (here) {
      link.setAttribute("aria-current", "page");
      link.closest("ul").hidden = false;
      link.closest("ul").previousElementSibling.setAttribute("aria-expanded", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

function go() {
  if (!main) return;
  leave();
  leave = () => {};
  main.replaceChildren();
  markPlace();
  for (const [pattern, title, page] of PAGES) {
    const found = location.hash.match(pattern);
    if (!found) continue;
    document.title = `${title} – Fairway`;
    leave = page(main, found[1]);
    main.querySelector("h1")?.focus({ preventScroll: true });
    return;
  }
  main.append(h("h1", { tabindex: -1 }, "Not here"), h("p", {}, "The dashboard has no such page. ", h("a", { href: HOME }, "Load Balancers")));
}

window.addEventListener("hashchange", go);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main")?.querySelector("h1")?.focus();
});
api.onSessionEnd(() => { if (main) loginPage("Your session has ended. Log in again."); });
api.session().then(enter, (refused) => loginPage(refused.status === 401 ? "" : refused.message));
