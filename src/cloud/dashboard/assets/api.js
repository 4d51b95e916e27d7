// The dashboard's own endpoints: the session, changes, and views that follow what happens.

const BASE = "/dashboard/api";
let csrf = "";
let whenEnded = () => {};

export class Refused extends Error {
  constructor(status, sentence) { super(sentence); this.status = status; }
}

async function send(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (csrf && method !== "GET") headers["X-Fairway-Csrf"] = csrf;
  let response;
  try {
    response = await fetch(BASE + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body),
                                          credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Refused(0, "The cloud does not answer. Is it running?");
  }
  const text = response.status === 204 ? "" : await response.text();
  let answer = {};
  try { answer = text ? JSON.parse(text) : {}; } catch { /* a proxy's own page: the status says enough */ }
  if (response.ok) return answer;
  if (response.status === 401 && path !== "/login") { csrf = ""; whenEnded(); }
  throw new Refused(response.status, answer.error || `The cloud answered ${response.status}.`);
}

const begin = (session) => { csrf = session.csrf; delete session.csrf; return session; };

export const onSessionEnd = (callback) => { whenEnded = callback; };
export const logIn = async (given) => begin(await send("POST", "/login", given));
export const session = async () => begin(await send("GET", "/session"));
export const logOut = async () => { await send("POST", "/logout", {}); csrf = ""; };
export const allocate = (wanted) => send("POST", "/floating-ips", wanted);
export const associate = (id, port_id) => send("PUT", `/floating-ips/${encodeURIComponent(id)}/port`, { port_id });
export const release = (id) => send("DELETE", `/floating-ips/${encodeURIComponent(id)}`);
export const view = (name, query) => send("GET", `/views/${name}?${new URLSearchParams(query)}`);

// Calls back with the view now and whenever it is another. Returns a function that ends that.
export function watch(name, query, show, say) {
  let source = null, timer = 0, over = false;
  const open = () => {
    source = new EventSource(`${BASE}/watch/${name}?${new URLSearchParams(query)}`);
    source.onmessage = (event) => { say(""); show(JSON.parse(event.data)); };
    source.addEventListener("refused", (event) => say(JSON.parse(event.data)));
    source.addEventListener("ended", () => { close(); csrf = ""; whenEnded(); });
    source.onerror = () => {
      if (over) return;
      say("The connection to the cloud is lost. What you see may be old; trying again …");
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused rather than lost: ask why, and try again later.
      send("GET", "/session").then(begin).catch(() => {});
      timer = setTimeout(open, 2000);
    };
  };
  const close = () => { over = true; clearTimeout(timer); source?.close(); };
  open();
  return close;
}
