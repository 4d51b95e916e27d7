// Network → Load Balancers: all of the project, and one.
import * as api from "/dashboard/api.js";
import { h, reconcile } from "/dashboard/dom.js";
import { pager, search, trouble } from "/dashboard/parts.js";
import { picture } from "/dashboard/picture.js";
import { pill, shape } from "/dashboard/shapes.js";

function why(balancer) {
  if (!balancer.why.length) return null;
  const tone = balancer.condition.tone === "ok" ? "warn" : balancer.condition.tone;
  return h("ul", { class: `reasons ${tone}` }, balancer.why.map((text) => h("li", {}, text)));
}

function card(balancer) {
  const about = [balancer.service ? balancer.name : "", balancer.project ? `project ${balancer.project}` : ""].filter(Boolean).join(" · ");
  return h("li", { class: "card" },
    h("header", {},
      h("h2", {}, h("a", { href: `#/load-balancers/${balancer.id}`, "data-focus": "title" }, balancer.title), about && h("small", {}, about)),
      pill(balancer.condition)),
    why(balancer),
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": `The way of ${balancer.title}` }, picture(balancer)));
}

const FILTERS = [["all", "All"], ["attention", "Needs attention"]];

function filters(wanted, follow) {
  const counts = {};
  const buttons = FILTERS.map(([name, text]) => {
    counts[name] = h("span", { class: "count" });
    return h("button", { type: "button", class: "chip", "aria-pressed": String(wanted.show === name), onclick: (event) => {
      wanted.show = name;
      wanted.page = 1;
      for (const button of event.currentTarget.parentElement.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      follow();
    } }, text, " ", counts[name]);
  });
  const element = h("div", { class: "chips", role: "group", "aria-label": "Which load balancers" }, buttons);
  element.show = (view) => {
    counts.all.textContent = view.all;
    counts.attention.textContent = view.all - view.counts.ok;
  };
  return element;
}

function gatewayState() {
  const element = h("p", { class: "gateways", "aria-live": "polite" });
  element.show = (count) => {
    const text = count === 0 ? "No gateway is connected" : count === 1 ? "1 gateway is connected" : `${count} gateways are connected`;
    if (element.textContent !== text) element.replaceChildren(shape(count ? "ok" : "bad"), text);
  };
  return element;
}

function emptyText(wanted, view) {
  if (wanted.search) return `No load balancer matches “${wanted.search}”.`;
  if (view.all > 0) return "None needs attention.";
  return "The project has no load balancer yet. Create a Service of type LoadBalancer, or: openstack loadbalancer create.";
}

export function loadBalancers(main) {
  const wanted = { search: "", show: "all", page: 1 };
  let stop = () => {};
  const say = trouble(), list = h("ul", { class: "cards" }), empty = h("p", { class: "empty", hidden: true }), gateways = gatewayState();
  const pages = pager("load balancers", (by) => { wanted.page += by; follow(); window.scrollTo(0, 0); });
  const show = (view) => {
    reconcile(list, view.items, (balancer) => balancer.id, card);
    chosen.show(view);
    gateways.show(view.gateways);
    empty.hidden = view.total !== 0;
    empty.textContent = emptyText(wanted, view);
    pages.show(view);
    wanted.page = view.page;
  };
  const follow = () => { stop(); stop = api.watch("load-balancers", wanted, show, say.say); };
  const chosen = filters(wanted, follow);
  main.append(h("h1", { tabindex: -1 }, "Load Balancers"),
    h("div", { class: "toolbar" }, search("Search load balancers", (text) => { wanted.search = text; wanted.page = 1; follow(); }), chosen, gateways),
    say, list, empty, pages);
  follow();
  return () => stop();
}

function facts(balancer) {
  const rows = [["Service", balancer.service], ["Name", balancer.name], ["ID", balancer.id], ["VIP", balancer.vip], ["Network", balancer.network],
                ["Project", balancer.project], ["provisioning_status", balancer.provisioning_status], ["operating_status", balancer.operating_status],
                ["Created", balancer.created_at && `${balancer.created_at.replace("T", " ")} UTC`]];
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

export function loadBalancer(main, id) {
  const say = trouble(), title = h("h1", { tabindex: -1 }, "Load balancer"), state = h("div", { class: "state", "aria-live": "polite" }), body = h("div");
  const show = (view) => {
    const balancer = view.items[0];
    if (!balancer) {
      state.replaceChildren();
      body.replaceChildren(h("p", { class: "empty" }, "This load balancer is not there (any more)."));
      return;
    }
    title.textContent = balancer.title;
    state.replaceChildren(pill(balancer.condition));
    reconcile(body, [balancer], (item) => item.id, (item) => h("div", {}, why(item),
      h("div", { class: "card scroll", tabindex: 0, role: "group", "aria-label": "The way" }, picture(item)), facts(item)));
  };
  main.append(h("nav", { class: "trail", "aria-label": "Where you are" }, h("a", { href: "#/load-balancers" }, "Load Balancers")), h("header", { class: "titled" }, title, state), say, body);
  return api.watch("load-balancers", { id }, show, say.say);
}
