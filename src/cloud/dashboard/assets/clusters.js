// Container Infra → Clusters.
import * as api from "/dashboard/api.js";
import { h, reconcile, uid } from "/dashboard/dom.js";
import { pager, search, trouble } from "/dashboard/parts.js";
import { pill, shape } from "/dashboard/shapes.js";

const ROLES = { master: "Masters", worker: "Nodes" };

function hosts(group) {
  const missing = Math.max(0, group.wanted - group.nodes.length);
  const title = `${ROLES[group.role] ?? group.role}${/^default-/.test(group.name) ? "" : ` (${group.name})`}`;
  return h("div", { class: "hosts" }, h("h3", {}, title, " ", h("span", { class: "count" }, `${group.nodes.length} of ${group.wanted}`)),
    h("ul", {}, group.nodes.map((node) => h("li", {}, shape("ok"), h("span", {}, node.name), h("span", { class: "mono" }, node.address))),
      missing > 0 && h("li", { class: "missing" }, shape("pending"), h("span", {}, missing === 1 ? "1 host is still to come" : `${missing} hosts are still to come`))));
}

function progress(cluster) {
  if (cluster.condition.tone !== "pending" || cluster.status.startsWith("DELETE")) return null;
  const id = uid("progress");
  return h("div", { class: "progress" }, h("label", { for: id }, `${cluster.hosts} of ${cluster.hosts_wanted} hosts are there`),
           h("progress", { id, max: Math.max(1, cluster.hosts_wanted), value: cluster.hosts }));
}

function card(cluster) {
  const about = [cluster.template && `template ${cluster.template}`, cluster.version && `Kubernetes ${cluster.version}`,
                 cluster.project && `project ${cluster.project}`].filter(Boolean).join(" · ");
  return h("li", { class: "card" },
    h("header", {}, h("h2", {}, cluster.name, about && h("small", {}, about)), pill(cluster.condition)),
    cluster.why.length > 0 && h("ul", { class: `reasons ${cluster.condition.tone}` }, cluster.why.map((text) => h("li", {}, text))),
    progress(cluster), h("div", { class: "groups" }, cluster.groups.map(hosts)),
    h("dl", { class: "facts" }, [["Status", cluster.status], ["API", cluster.api_address], ["ID", cluster.id]].filter(([, value]) => value)
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}

export function clusters(main) {
  const wanted = { search: "", page: 1 };
  let stop = () => {};
  const say = trouble(), list = h("ul", { class: "cards" }), empty = h("p", { class: "empty", hidden: true });
  const pages = pager("clusters", (by) => { wanted.page += by; follow(); });
  const show = (view) => {
    reconcile(list, view.items, (cluster) => cluster.id, card);
    empty.hidden = view.total !== 0;
    empty.textContent = wanted.search ? `No cluster matches “${wanted.search}”.`
      : "The project has no cluster yet. Create one: openstack coe cluster create --cluster-template NAME CLUSTER.";
    pages.show(view);
    wanted.page = view.page;
  };
  const follow = () => { stop(); stop = api.watch("clusters", wanted, show, say.say); };
  main.append(h("h1", { tabindex: -1 }, "Clusters"),
    h("div", { class: "toolbar" }, search("Search clusters", (text) => { wanted.search = text; wanted.page = 1; follow(); })), say, list, empty, pages);
  follow();
  return () => stop();
}
