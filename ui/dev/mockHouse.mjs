/** Made-up answers for devices, safety, admin, support and sign-in. */
import { liveOf } from "./mockLive.mjs";

const problem = (status, code, detail, faults = []) => [{ title: code, status, detail, code, faults }, status];
const page = (items) => [{ items, next: null }, 200];
const both = (en, de) => ({ en, de });

const DEVICES = [
  { id: "battery", name: "Hybrid inverter", driver: "modbus_tcp", address: "192.168.1.20:502", unit_id: 1, profile: "sunspec_storage", product: "SunSpec storage inverter", serves: { battery: "battery", pv: "roof" }, place: "Cellar, left of the door, fuse 7", is_read_only: false, today_kwh: null, waits_for_start: false },
  { id: "meter", name: "Meter at the connection", driver: "modbus_tcp", address: "192.168.1.21:502", unit_id: 2, profile: "eastron_sdm630", product: "Eastron SDM630 meter", serves: { meter: "grid" }, place: "Meter cupboard", is_read_only: true, today_kwh: null, waits_for_start: false },
  { id: "charger", name: "Car charger", driver: "ocpp", address: "127.0.0.1:9000", unit_id: 1, profile: "", product: "Charger, OCPP 1.6", serves: { "CP-1": "car" }, place: "Garage, fuse 12", is_read_only: false, today_kwh: null, waits_for_start: false },
  { id: "heat", name: "Heat pump", driver: "mqtt", address: "mqtt://192.168.1.5", unit_id: 1, profile: "", product: "", serves: { heat: "heat" }, place: "Cellar, right of the boiler", is_read_only: false, today_kwh: null, waits_for_start: false },
  { id: "boiler", name: "House meter", driver: "p1", address: "/dev/ttyUSB0", unit_id: 1, profile: "", product: "P1 customer port", serves: { load: "load" }, place: "", is_read_only: true, today_kwh: null, waits_for_start: false },
];
const VALUES = [["battery", "battery", "power_w", -1350], ["battery", "battery", "soc_ratio", 0.66], ["battery", "battery", "temperature_degc", 24.3], ["battery", "battery", "cell_voltage_min_v", 3.312], ["battery", "battery", "cell_voltage_max_v", 3.327], ["pv", "roof", "power_w", -2440], ["pv", "roof", "available_power_w", -2440], ["pv", "roof", "state_code", 4]];

function detail(world, id) {
  const found = DEVICES.find((each) => each.id === id);
  if (!found) return problem(404, "no-such-device", `there is no device '${id}'`);
  const at = new Date(world.nowMs() - (world.state.live === "old" ? 540_000 : 1500)).toISOString();
  return [{
    ...found, firmware: id === "battery" ? "1.4.2" : "", serial: id === "battery" ? "SN-2204-0117" : "", lost_count: 3, write_count: 128,
    values: id === "battery" ? VALUES.map(([role, asset, quantity, value]) => ({ role, asset, quantity, value, at })) : [],
    limits: [{ name: "charge", subject: "battery", value: 5000, unit: "W", source: "site file", who: "", until: null }, { name: "discharge", subject: "battery", value: 5000, unit: "W", source: "site file", who: "", until: null }, { name: "level_low", subject: "battery", value: 20, unit: "%", source: "override", who: "Mia", until: "2026-05-14T18:00:00Z" }],
    signs: id === "battery" ? { at: "2026-03-02T09:14:00Z", who: "Jonas Weber", result: "passed: the meter shows a kettle of 2000 W as taken" } : null,
    comms_loss: found.is_read_only ? null : { seconds: 5, action: "goes to standby", holds: true },
  }, 200];
}

const COMMANDS = [["16:40:12", -1350, -1350, -1350, -1342, "granted", ""], ["16:39:12", -1500, -1310, -1310, -1305, "cut", "export limit of the connection"], ["16:38:12", -5600, null, null, null, "refused", "setpoint 5600 W is above discharge limit 5000 W"], ["16:37:12", 0, 0, 0, 3, "granted", ""]]
  .map(([time, asked_w, granted_w, sent_w, measured_w, outcome, rule], k) => ({ id: `c-${k}`, at: `2026-05-14T${String(Number(time.slice(0, 2)) - 2).padStart(2, "0")}${time.slice(2)}Z`, asset: "battery", asked_w, granted_w, sent_w, measured_w, outcome, rule, who: "plan" }));

function series(world, search) {
  const from = Date.parse(search.get("from")), to = Date.parse(search.get("to"));
  const keys = search.getAll("key");
  const step = Math.max(60_000, (to - from) / 400);
  const times = Array.from({ length: Math.floor((to - from) / step) }, (_, k) => from + k * step);
  const shape = { roof: (h) => -Math.max(0, 4300 * Math.sin(((h - 6) / 14) * Math.PI)), battery: (h) => 1500 * Math.sin(h / 3.2), grid: (h) => 700 * Math.cos(h / 2.6), load: (h) => 500 + 300 * Math.sin(h) ** 2, car: (h) => (h > 2 && h < 4 ? 7200 : 0), heat: (h) => 700 + 500 * Math.sin(h / 2) };
  const columns = Object.fromEntries(keys.map((key) => [key, times.map((at) => (shape[key.split(".")[0]] ?? (() => 0))(((at / 3_600_000) % 24) + 2))]));
  const told = times.map((at) => new Date(at).toISOString());
  return [{ step_s: null, start_utc: [], columns, times: Object.fromEntries(keys.map((key) => [key, told])), quality: {} }, 200];
}

const LIMITS = [["import", "grid", 24150, "W"], ["export", "grid", 9000, "W"], ["fuse", "grid", 35, "A"], ["charge", "battery", 5000, "W"], ["discharge", "battery", 5000, "W"], ["level_low", "battery", 10, "%"], ["level_high", "battery", 90, "%"], ["output", "roof", 6000, "W"]];

function safety(world) {
  const { state, why } = liveOf(world);
  const isStopped = state === "stopped" || state === "error";
  const isReset = world.isReset && isStopped;
  return [{
    state, why: isReset ? "" : why, claims_fast_stop: true, remarks: [],
    limits: LIMITS.map(([name, subject, value, unit]) => ({ name, subject, value, unit, source: "site file", who: "", until: null })),
    watchdogs: [["door", "door", 1, true], ["battery", "device", 5, world.state.live === "gap" ? false : true], ["charger", "gateway", 60, state === "error" ? null : true]].map(([id, kind, timeout_s, holds]) => ({ id, kind, timeout_s, holds, last_test_at: "2026-05-02T08:00:00Z" })),
    stops: [...(isStopped ? [{ at: "2026-05-14T14:38:00Z", cause: state === "error" ? "overtemperature" : "stop pressed", who: state === "error" ? "" : "Mia", is_test: false, acked_ms: { battery: 80, car: 930 }, missing: world.state.stop === "missing" ? ["heat"] : [], rest_s: 1.4 }] : []),
      { at: "2026-05-02T08:00:00Z", cause: "", who: "Mia", is_test: true, acked_ms: { battery: 12, car: 640, heat: 210 }, missing: [], rest_s: null },
      { at: "2026-02-11T19:22:00Z", cause: "smell of burning in the cellar", who: "Jonas Weber", is_test: false, acked_ms: { battery: 14, car: 720 }, missing: ["heat"], rest_s: 0.9 }],
    trips: state === "error" ? [{ subject: "battery", cause: "overtemperature", active: true, since: "2026-05-14T14:38:00Z" }] : [],
    contact_lost: [{ device: "battery", assets: ["battery"], text: both("Goes to rest by itself after 5 s without a word.", "Geht nach 5 s ohne ein Wort von selbst in Ruhe.") }, { device: "charger", assets: ["car"], text: both("Keeps its last limit for 60 s, then stops charging.", "Hält die letzte Grenze 60 s, dann lädt er nicht mehr.") }, { device: "meter", assets: [], text: both("Is only read: nothing changes.", "Wird nur gelesen: Es ändert sich nichts.") }],
    checklist: !isStopped && state !== "idle" ? [] : [["door", true, "", "The part that moves devices answers", "Der Teil, der Geräte bewegt, antwortet"], ["cause", state === "stopped", "", "The cause has been looked at", "Der Grund wurde angesehen"], ["trips", state !== "error", state === "error" ? "battery: overtemperature" : "", "Nothing has tripped", "Nichts hat ausgelöst"], ["devices", true, "", "Every device answers", "Jedes Gerät antwortet"], ["arming", null, "", "Limits and watchdogs are read back", "Grenzen und Überwachungen sind zurückgelesen"]].map(([id, ok, told, en, de]) => ({ id, ok, detail: told, text: both(en, de) })),
    recovery: ["Press Emergency stop.", "Switch off the battery at its own switch, left of the door.", "Smoke or a smell of burning: leave, call 112."],
    contacts: [{ name: "Jonas Weber", phone: "+49 30 901820", role: "Installer" }, { name: "Grid operator, faults", phone: "0800 112 33 44", role: "Grid" }], main_switch: "cellar, left of the door",
    devices: DEVICES.filter((each) => !each.is_read_only).map(({ id, name, place }) => ({ id, name, place })),
  }, 200];
}

const PEOPLE = [
  { id: "p-mia", kind: "person", name: "Mia Lindner", email: "mia@example.org", language: "de", made_at: "2026-01-04T10:00:00Z", signed_in_at: "2026-05-14T05:12:00Z", is_disabled: false, is_invited: false, has_totp: true },
  { id: "p-jonas", kind: "person", name: "Jonas Weber", email: "weber@elektro.example", language: "de", made_at: "2026-01-06T10:00:00Z", signed_in_at: "2026-05-02T07:55:00Z", is_disabled: false, is_invited: false, has_totp: false },
  { id: "p-oma", kind: "person", name: "Greta Lindner", email: "greta@example.org", language: "de", made_at: "2026-05-13T10:00:00Z", signed_in_at: null, is_disabled: false, is_invited: true, has_totp: false },
];
const GRANTS = [["p-mia", "owner", "*"], ["p-jonas", "installer", "site:home"], ["p-oma", "viewer", "site:home"]].map(([person_id, role, scope], k) => ({ id: `g-${k}`, person_id, role, scope, made_by: "p-mia", made_at: "2026-01-04T10:00:00Z" }));
const KEYS = [
  { id: "k-1", name: "Home automation, Raspberry in the cellar", holder_id: "p-mia", issuer_id: "p-mia", issuer_name: "Mia Lindner", scopes: { home: ["see", "control"] }, made_at: "2026-02-01T10:00:00Z", ends_at: "2027-02-01T10:00:00Z", used_at: "2026-05-14T14:39:00Z", is_revoked: false },
  { id: "k-2", name: "Notebook", holder_id: "p-mia", issuer_id: "p-mia", issuer_name: "Mia Lindner", scopes: { "*": ["see"] }, made_at: "2026-03-01T10:00:00Z", ends_at: "2026-06-01T10:00:00Z", used_at: null, is_revoked: true },
];
const LINES = [["sign-in", "p-mia", "Mia Lindner", { way: "password" }], ["change", "lease-1", "Mia Lindner", { do: "override", until: "18:00", power_w: 2000 }], ["read", "people", "Mia Lindner", { what: "account" }], ["refused", "k-2", "Notebook", { code: "not-allowed" }], ["stopped", "home", "Mia Lindner", { cause: "stop pressed", missing: [] }]]
  .map(([kind, subject, who_name, payload], k) => ({ seq: 120 - k, at: `2026-05-14T14:${30 - 3 * k}:00Z`, kind, subject, subject_name: "", who: "p-mia", who_name, payload, hash: "ab".repeat(32) }));
const SESSIONS = [["s-1", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", true], ["s-2", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1", false]]
  .map(([id, agent, is_this]) => ({ id, agent, way: "password", made_at: "2026-05-10T06:00:00Z", seen_at: "2026-05-14T14:39:00Z", ends_at: "2026-06-10T06:00:00Z", is_this }));

const MATCHES = [
  { profile: "sunspec_storage", product: "SunSpec storage inverter", makes_sense: true, roles: ["battery", "pv", "meter"], why: "", values: [["meter", "power_w", 2140], ["meter", "frequency_hz", 49.98], ["battery", "power_w", -1350], ["battery", "soc_ratio", 0.66], ["pv", "power_w", 0]].map(([role, quantity, value]) => ({ role, quantity, value })) },
  { profile: "sunspec_inverter", product: "SunSpec inverter", makes_sense: true, roles: ["pv"], why: "", values: [{ role: "pv", quantity: "power_w", value: -790 }] },
  { profile: "victron_system", product: "Victron system", makes_sense: false, roles: ["battery"], why: "no answer", values: [] },
];

function search(world) {
  const asked = Math.min(254, Math.round((Date.now() - world.searchMs) / 12));
  const isDone = asked >= 254;
  const found = asked > 60 ? [{ address: "192.168.1.20:502", unit_id: 1, product: "Sunny Storage 5.0", profiles: ["sunspec_storage"], note: "" }] : [];
  if (asked > 140) found.push({ address: "192.168.1.33:502", unit_id: 3, product: "", profiles: [], note: "shows no SunSpec map" });
  return { id: "f-1", network: "192.168.1.0/24", state: isDone ? "done" : "running", asked, total: 254, found: world.state.devices === "none" ? [] : found, why: "" };
}

function devices(world, { method, path, rest, body }) {
  if (path === "/devices/networks") return page(["192.168.1.0/24"]);
  if (path === "/devices/profiles") return page(MATCHES.map(({ profile, product, roles }) => ({ name: profile, product, roles })));
  if (path === "/devices/find" && method === "POST") return (world.searchMs = Date.now()), [search(world), 202];
  if (path.startsWith("/devices/find/")) return [search(world), 200];
  if (path === "/devices/probe") {
    const asked = JSON.parse(body);
    if (world.state.devices === "silent") return problem(504, "device-silent", `${asked.address} does not answer: timed out after 2 s`, [{ place: asked.address, message: "does not answer: timed out", remedy: "check address, port, unit, and that no other program holds the device's only connection" }]);
    world.probes = (world.probes ?? 0) + 1;
    return [{ address: asked.address, unit_id: asked.unit_id, matches: asked.profile ? MATCHES.filter((each) => each.profile === asked.profile) : MATCHES }, 200];
  }
  if (rest === "/devices/check-sign") return (world.signMs = Date.now()), [{ id: "s-1", device: "meter", state: "before", before_w: null, now_w: null, rise_w: null, load_w: 2000, verdict: null, why: "" }, 202];
  if (rest.startsWith("/devices/check-sign/")) return [{ id: "s-1", device: "meter", state: Date.now() - world.signMs > 2500 ? "done" : "waiting", before_w: 240, now_w: Date.now() - world.signMs > 2500 ? 2270 : 240, rise_w: 2030, load_w: 2000, verdict: Date.now() - world.signMs > 2500 ? "right" : null, why: "" }, 200];
  if (rest === "/devices" && method === "POST") return [{ ...DEVICES[0], ...JSON.parse(body) }, 201];
  if (rest === "/devices") return page(world.state.live === "first" ? [] : DEVICES);
  if (rest.endsWith("/commands")) return page(rest.includes("/battery/") ? COMMANDS : []);
  return detail(world, rest.split("/")[2]);
}

function entry(world, { path, body }) {
  const asked = body ? JSON.parse(body) : {};
  if (path === "/auth/sign-in" && asked.password === "wait") return [...problem(429, "too-many-tries", "too many failed tries; wait 42 s"), { "Retry-After": "42" }];
  if (path === "/auth/sign-in" && asked.password === "code" && !asked.code) return problem(401, "needs-totp", "a code is needed");
  if (path === "/auth/sign-in" && asked.password !== "right" && asked.password !== "code") return problem(401, "wrong-password", "e-mail or password is wrong");
  world.state.role = "owner";
  return null;
}

/** The answer of the house, or null where another part of the mock answers. */
export function house(world, asked) {
  const { method, path } = asked;
  const rest = path.replace(/^\/sites\/[^/]+/, "");
  if (path.startsWith("/devices") || rest.startsWith("/devices")) return devices(world, { ...asked, rest });
  if (rest === "/series") return series(world, asked.search);
  if (rest === "/safety") return safety(world);
  if (rest === "/safety/reset") return [{ state: "boot", acked_ms: {}, missing: [] }, 200];
  if (rest === "/safety/start") return world.state.stop === "refused" ? problem(409, "not-started", "meter: last reading 12 s old, allowed 5 s", [{ place: "start", message: "meter: last reading 12 s old, allowed 5 s", remedy: "" }]) : ((world.state.live = "ok"), [{ state: "running" }, 200]);
  if (rest === "/safety/test-stop") return [{ state: "idle", acked_ms: { battery: 11, car: 640 }, missing: world.state.stop === "missing" ? ["heat"] : [] }, 200];
  if (path === "/people") return method === "POST" ? [{ person: { ...PEOPLE[2], ...JSON.parse(asked.body) }, invitation: { link: "https://enerwise.local:8600/sign-in#invitation=4f9a1c7be2d84e60b1c5", ends_at: "2026-05-21T14:40:00Z" } }, 201] : page(PEOPLE);
  if (path === "/grants") return method === "POST" ? [{ id: "g-9", ...JSON.parse(asked.body) }, 201] : page(GRANTS);
  if (path === "/groups") return page([]);
  if (path === "/keys") return method === "POST" ? [{ key: { ...KEYS[0], ...JSON.parse(asked.body) }, secret: "ew_k1_7Qm2vX9dLr4TzB6nWcY8sKfJ3hPgAeUo" }, 201] : page(KEYS);
  if (path === "/account-audit/check") return [{ holds: true, line_count: 1284, breaks: [] }, 200];
  if (path === "/account-audit" || rest === "/audit") return page(LINES);
  if (path === "/auth/sessions") return page(SESSIONS);
  if (path === "/me" && method === "GET") return [PEOPLE[0], 200];
  if (path === "/me/export") return [{ exported_at: "2026-05-14T14:40:00Z", person: PEOPLE[0] }, 200];
  if (path === "/me/totp") return [{ secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", address: "otpauth://totp/Enerwise:mia%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Enerwise" }, 201];
  if (path === "/me/totp/confirm") return [{ codes: ["4kq9-7fzt", "9wmd-2hxc", "p3rt-6bnk", "x8ve-5lgs", "c2yd-1qjw", "m7ua-3ozf"] }, 200];
  if (path === "/version") return [{ product: "Enerwise", version: "0.4.0", api: "v1" }, 200];
  if (path === "/restore") return [asked.method === "POST" ? { state: "staged", site: "Lindenweg 8", made_at: "2026-05-01T08:00:00Z", version: "0.4.0", files: ["accounts.db", "home.db", "home.yaml"], with_accounts: false, detail: "" } : { state: "none", site: "", made_at: "", version: "", files: [], with_accounts: false, detail: "" }, 200];
  if (rest === "/support-report") return [{ made_at: "2026-05-14T14:40:00Z", enerwise: "0.4.0", site: { name: "Lindenweg 8", timezone: "Europe/Berlin", assets: 5, devices: 5 }, door: { state: "running", claims_fast_stop: true }, devices: DEVICES.map(({ id, driver, profile }) => ({ id, driver, profile, answers: true, address: "(removed)" })), errors: [] }, 200];
  if (path === "/auth/sign-in" || path === "/auth/accept" || path === "/auth/first-run") return entry(world, asked);
  return null;
}
