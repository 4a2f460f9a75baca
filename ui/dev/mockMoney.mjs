/** Made-up answers for what the plan and savings pages ask beside the plan itself. */
const DAY_MS = 86_400_000;

/** [body, status], or null where the question is another's. */
export function money({ planDay, state }, { method, path, search, body }) {
  if (path.endsWith("/plan/preview")) return [preview(planDay({ zone: state.zone })), 200];
  if (path.endsWith("/plan/goal")) return [JSON.parse(body), 200];
  if (method === "GET" && path.endsWith("/series")) return [series(search), 200];
  return null;
}

function preview({ totals, made_at }) {
  const own_power = { ...totals, cost_eur: 4.31, cost_low_eur: 3.6, cost_high_eur: 5.2, saved_eur: 2.35, own_power_ratio: 0.66, bought_kwh: 24.1 };
  const refused = { carbon: "the site file names no carbon factor; add 'carbon' to it" };
  return { goal: "cost", at: made_at, totals: { cost: totals, own_power, carbon: null, balanced: { ...totals, cost_eur: 3.9, saved_eur: 2.76 } }, refused };
}

/** Each channel at its own times, as the server reduces them; a day is missing in March. */
function series(search) {
  const [from, to, points] = [Date.parse(search.get("from")), Date.parse(search.get("to")), Number(search.get("points") ?? 1000)];
  const count = Math.min(points, Math.floor((to - from) / 60_000));
  const keys = search.getAll("key");
  const at = (k, place) => from + Math.floor(((k + place / 5) * (to - from)) / count);
  const isGap = (ms) => new Date(ms).toISOString().startsWith("2026-03-1");
  const times = Object.fromEntries(keys.map((key, place) => [key, Array.from({ length: count }, (_, k) => new Date(at(k, place)).toISOString())]));
  const columns = Object.fromEntries(keys.map((key, place) => [key, Array.from({ length: count }, (_, k) => (isGap(at(k, place)) ? null : Math.round(power(key, at(k, place), k))))]));
  return { step_s: null, start_utc: [], columns, quality: {}, times };
}

function power(key, ms, k) {
  const hour = ((ms / DAY_MS) % 1) * 24;
  const season = 0.55 - 0.45 * Math.cos(((ms / DAY_MS - 10) / 365) * 2 * Math.PI);
  const noise = (k * 7919) % 13;
  const sun = Math.max(0, Math.sin(((hour - 5) / 14) * Math.PI)) * 5200 * season * (0.45 + noise / 22);
  const home = 320 + noise * 40 + (hour > 16 && hour < 21 ? 900 : 0);
  const battery = hour > 9 && hour < 15 ? Math.min(2600, sun * 0.6) : hour > 17 && hour < 23 ? -home * 0.8 : 0;
  if (key.startsWith("roof") || key.startsWith("pv")) return -sun;
  if (key.startsWith("battery")) return battery;
  return key.startsWith("grid") ? home - sun + battery : home;
}
