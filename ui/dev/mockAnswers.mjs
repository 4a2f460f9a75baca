/** What the made-up server answers; a page of a part that is missing here may add its own. */
import { house } from "./mockHouse.mjs";
import { liveOf } from "./mockLive.mjs";
import { money } from "./mockMoney.mjs";

const ACTS = { owner: ["see", "stop", "control", "restart", "ingest", "configure", "audit", "manage"], operator: ["see", "stop", "control", "restart"], viewer: ["see", "stop"] };
const ASSETS = [["roof", "pv", "Solar", false], ["battery", "battery", "Battery", true], ["load", "load", "Home", false], ["car", "car", "Car", true], ["heat", "heat", "Heat pump", true]];
const SLOW_MS = 500;

const problem = (status, code, detail) => [{ title: code, status, detail, code, faults: [] }, status];

function auth({ state }) {
  if (state.role === "out" || state.role === "new") return { needs_first_run: state.role === "new", is_demo: state.demo === "yes", methods: ["password"], oidc_name: null, saml_name: null, needs_step_up: false, signed_in: false, person: null, csrf_token: null, permissions: {} };
  return { needs_first_run: false, is_demo: state.demo === "yes", methods: ["password", "passkey"], signed_in: true, person: { id: "p-mia", name: "Mia", email: "mia@example.org", has_totp: state.totp === "yes", has_password: true }, csrf_token: "made-up", permissions: { home: ACTS[state.role], "*": ACTS[state.role] } };
}

function site({ state }) {
  const assets = state.live === "first" ? [] : ASSETS.map(([id, kind, name, is_controllable]) => ({ id, kind, name, is_controllable }));
  return { id: "home", name: "Lindenweg 8", timezone: state.zone, currency: "EUR", is_demo: state.demo === "yes", assets, main_switch: "cellar, left of the door" };
}

function today({ state }) {
  const day = { day: "2026-05-14", hours: 24, paid_eur: 0.41, without_planning_eur: 2.27, saved_eur: 1.86, baseline: "no_planning", solar_kwh: 17.9, solar_expected_kwh: 6.3, own_power_ratio: 0.91, sources_kwh: { solar: 13.1, battery: 3.5, grid: 1.7 }, carbon_kg: 0.6, carbon_without_solar_kg: 5.2, gaps: [] };
  return state.live === "first" ? { ...day, paid_eur: null, without_planning_eur: null, saved_eur: null, solar_kwh: null, solar_expected_kwh: null, own_power_ratio: null, sources_kwh: { solar: 0, battery: 0, grid: 0 }, carbon_kg: null, carbon_without_solar_kg: null } : day;
}

function notice(id, level, en, de, rest = {}) {
  const none = { en: "", de: "" };
  return { id, level, since: "2026-05-14T14:28:00Z", what: { en, de }, effect: none, done: none, todo: none, is_seen: false, ...rest };
}

function notices({ state, seen }) {
  const items = [];
  if (state.live === "error") items.push(notice("n-hot", "act_now", "The battery is too hot.", "Der Speicher ist zu heiß.", { done: { en: "Everything was stopped.", de: "Alles wurde gestoppt." }, todo: { en: "Look after its fan, then start again on the Safety page.", de: "Sehen Sie nach seinem Lüfter, dann auf der Seite Sicherheit wieder starten." } }));
  if (state.live === "old") items.push(notice("n-still", "look_soon", "The battery does not answer.", "Der Speicher antwortet nicht.", { effect: { en: "It follows its own rules until then.", de: "Bis dahin folgt er eigenen Regeln." }, todo: { en: "Check its network cable.", de: "Prüfen Sie sein Netzwerkkabel." } }));
  if (state.live !== "first") items.push(notice("n-cheap", "good_to_know", "Cheap power tomorrow, 13:00 to 15:00.", "Günstiger Strom morgen, 13:00 bis 15:00.", { effect: { en: "Enerwise heats water then instead of selling at 8.1 ct.", de: "Enerwise heizt dann Wasser, statt für 8,1 ct zu verkaufen." } }));
  return { items: items.filter((each) => !seen.has(each.id)), next: null };
}

function plan({ state, planDay }) {
  if (state.plan === "none") return problem(404, "no-plan", "There is no plan yet.");
  if (state.plan === "error") return problem(500, "store-silent", "The store does not answer.");
  return [planDay({ zone: state.zone, unpublishedFromHour: state.plan === "unpublished" ? 24 : undefined, failed: state.plan === "failed" ? "The weather forecast is 9 hours old." : undefined }), 200];
}

function command(world, { method, path, body }) {
  const at = new Date(world.nowMs()).toISOString();
  if (path.endsWith("/mode")) Object.assign(world.mode, { reason: "", until: null }, JSON.parse(body), { who: "Mia" });
  else if (method === "DELETE") world.leases.splice(0, world.leases.length, ...world.leases.filter((each) => each.id !== path.split("/").at(-1)));
  else world.leases.push({ id: `l-${world.leases.length + 1}`, power_w: null, from: at, rule: "", value_w: null, ...JSON.parse(body), who: "Mia", state: "acting" });
  return method === "POST" ? world.leases.at(-1) : {};
}

export function answer(world, asked, give) {
  const { method, path, search } = asked;
  const rest = path.replace(/^\/sites\/[^/]+/, "");
  if (path === "/auth/state") return give(auth(world), 200);
  const ours = house(world, asked);
  if (ours) return give(...ours);
  if (path.startsWith("/auth/") && method === "POST" && path !== "/auth/sign-out") return give(auth(world), 200, SLOW_MS);
  if (path === "/auth/sign-out") return void (world.state.role = "out"), give(null, 200);
  if (path === "/sites") return give({ items: [{ id: "home", name: "Lindenweg 8" }], next: null }, 200);
  if (path === "/push/key") return give(...problem(404, "not-found", "no such thing"));
  if (rest === "") return give(site(world), 200);
  if (rest === "/live") return give(liveOf(world), 200);
  if (rest === "/today") return give(today(world), 200);
  if (rest === "/notices") return give(notices(world), 200);
  if (rest.startsWith("/notices/")) return void world.seen.add(rest.split("/")[2]), give({}, 200);
  if (rest === "/mode" || rest.startsWith("/overrides")) return method === "GET" ? give({ items: world.leases, next: null }, 200) : give(command(world, asked), 200, SLOW_MS);
  const asksMoney = money(world, asked);
  if (asksMoney) return give(...asksMoney, SLOW_MS);
  if (rest === "/plan") return world.state.plan === "loading" ? undefined : give(...plan(world));
  if (rest === "/savings") {
    const from = search.get("from") ?? "2026-05-01";
    return give(search.get("bucket") === "month" ? world.savingsMonth({ year: from.slice(0, 4), gapDays: [] }) : world.savingsMonth({ month: from.slice(0, 7) }), 200);
  }
  return give(...problem(404, "not-found", `The made-up server knows no ${method} ${path}.`));
}
