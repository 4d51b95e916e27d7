// The way of a load balancer as a picture: floating IP → VIP → listener → pool → members.
import { s } from "/dashboard/dom.js";
import { shapeAt } from "/dashboard/shapes.js";

const WIDTHS = [158, 168, 132, 184, 236], GAP = 34, BOX = 46, STEP = 56, TOP = 24;
const LEFT = WIDTHS.map((_, column) => WIDTHS.slice(0, column).reduce((sum, width) => sum + width + GAP, 0));
const TOTAL = LEFT[4] + WIDTHS[4];
const HEADS = ["Floating IP", "VIP", "Listener", "Pool", "Members"];

const clip = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

// A box at a column and a middle line.
function box(column, middle, { title, detail, tone, mono, ghost }) {
  const x = LEFT[column], y = middle - BOX / 2, most = Math.floor((WIDTHS[column] - 34) / 7.1);
  return s("g", { class: `box ${tone}${ghost ? " ghost" : ""}` }, s("title", {}, [title, detail].filter(Boolean).join(" · ")),
    s("rect", { x, y, width: WIDTHS[column], height: BOX, rx: 8 }),
    shapeAt(tone, x + 9, middle - 8),
    s("text", { x: x + 32, y: detail ? middle - 3 : middle + 5, class: mono ? "mono title" : "title" }, clip(title, most)),
    detail && s("text", { x: x + 32, y: middle + 14, class: "detail" }, clip(detail, Math.floor(most * 1.16))));
}

function line(column, from, to, tone) {
  const x1 = LEFT[column] + WIDTHS[column], x2 = LEFT[column + 1], half = (x2 - x1) / 2;
  return s("path", { class: `line ${tone}`, d: `M${x1} ${from}C${x1 + half} ${from} ${x2 - half} ${to} ${x2} ${to}` });
}

const members = (listener) => listener.pool?.members ?? [];
const hidden = (listener) => (listener.pool?.member_count ?? 0) - members(listener).length;
const rows = (listener) => Math.max(1, members(listener).length + (hidden(listener) > 0 ? 1 : 0));

function drawMembers(listener, top, middle) {
  const shown = members(listener).flatMap((member, index) => {
    const at = top + (index + 0.5) * STEP;
    return [line(3, middle, at, member.condition.tone),
            box(4, at, { title: member.name || member.address, detail: `${member.name ? member.address + " · " : ""}${member.condition.text}`, tone: member.condition.tone })];
  });
  if (hidden(listener) > 0) {
    const at = top + (members(listener).length + 0.5) * STEP;
    shown.push(line(3, middle, at, "off"), s("text", { x: LEFT[4] + 8, y: at + 5, class: "detail" }, `and ${hidden(listener)} more`));
  }
  return shown;
}

const poolTitle = (pool) => (pool.condition.tone === "pending" || pool.condition.tone === "off" ? pool.condition.text : `${pool.up} of ${pool.member_count} up`);

function drawListener(listener, top, vip) {
  const middle = top + (rows(listener) * STEP) / 2, pool = listener.pool;
  const parts = [line(1, vip, middle, listener.condition.tone),
                 box(2, middle, { title: listener.label, detail: listener.condition.text, tone: listener.condition.tone })];
  if (!pool) return [...parts, line(2, middle, middle, "off"), box(3, middle, { title: "no pool", tone: "off", ghost: true })];
  parts.push(line(2, middle, middle, pool.condition.tone),
             box(3, middle, { title: poolTitle(pool), detail: pool.monitor, tone: pool.condition.tone }));
  if (!pool.member_count) parts.push(line(3, middle, middle, "bad"), box(4, middle, { title: "no members", tone: "bad", ghost: true }));
  return [...parts, ...drawMembers(listener, top, middle)];
}

// The same in words.
export function inWords(balancer) {
  const floating = balancer.floating_ips.map((ip) => ip.address).join(", ");
  const ways = balancer.listeners.map((listener) => {
    const to = members(listener).map((member) => `${member.name || member.address} ${member.condition.text}`).join(", ") || "no members";
    return `listener ${listener.label} ${listener.condition.text}, ${listener.pool ? `pool ${listener.pool.condition.text}` : "no pool"}, to ${to}`;
  });
  return `${floating ? `Floating IP ${floating}` : "No floating IP"}, VIP ${balancer.vip} ${balancer.condition.text}, ${ways.join("; ") || "no listener"}`;
}

export function picture(balancer) {
  const high = Math.max(balancer.listeners.reduce((sum, listener) => sum + rows(listener), 0), balancer.floating_ips.length, 1) * STEP;
  const vip = TOP + high / 2, floating = balancer.floating_ips;
  const drawn = [];
  floating.forEach((ip, index) => {
    const at = vip + (index - (floating.length - 1) / 2) * STEP;
    drawn.push(line(0, at, vip, balancer.condition.tone), box(0, at, { title: ip.address, detail: "public address", tone: "ok", mono: true }));
  });
  if (!floating.length) drawn.push(line(0, vip, vip, "off"), box(0, vip, { title: "none", detail: "internal only", tone: "off", ghost: true }));
  drawn.push(box(1, vip, { title: balancer.vip, detail: `${balancer.network || "VIP"} · ${balancer.condition.text}`, tone: balancer.condition.tone, mono: true }));
  let top = TOP;
  for (const listener of balancer.listeners) { drawn.push(...drawListener(listener, top, vip)); top += rows(listener) * STEP; }
  if (!balancer.listeners.length) drawn.push(line(1, vip, vip, "off"), box(2, vip, { title: "no listener", tone: "off", ghost: true }));
  const heads = HEADS.map((text, column) => s("text", { x: LEFT[column] + 1, y: 13, class: "head" }, text));
  const lines = drawn.filter((part) => part.tagName === "path"), boxes = drawn.filter((part) => part.tagName !== "path");
  return s("svg", { class: "way", viewBox: `0 0 ${TOTAL} ${TOP + high + 2}`, width: TOTAL, height: TOP + high + 2, role: "img", "aria-label": inWords(balancer) },
           heads, lines, boxes);
}
