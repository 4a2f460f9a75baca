/** The made-up home of the pictures: Lindenweg 8, Thursday 14 May, 16:40. */
export const START_MS = Date.parse("2026-05-14T14:40:00Z");

const NODES = [
  { id: "grid", kind: "grid", name: "Grid", power_w: 240 },
  { id: "roof", kind: "pv", name: "Solar", power_w: -2440, today_kwh: 17.9 },
  { id: "battery", kind: "battery", name: "Battery", power_w: -1350, soc_ratio: 0.66 },
  { id: "load", kind: "load", name: "Home", power_w: 1050, today_kwh: 7.4 },
  { id: "car", kind: "car", name: "Car", power_w: 1640, soc_ratio: 0.58 },
  { id: "heat", kind: "heat", name: "Heat pump", power_w: 1340, today_kwh: 6.1 },
];
const SELLS = { grid: -1860, roof: -4400, battery: 1100, load: 640, car: 0, heat: 720 };
const STOPPED = { grid: 0, roof: -1050, battery: 0, load: 1050, car: 0, heat: 0 };
const BECAUSE = [
  { asset: "battery", code: "saves_for_peak", text: { en: "Power climbs to **35.8 ct at 18:00**, so the battery feeds the house until 20:15 and the heat pump eases off at 17:00.", de: "Strom steigt auf **35,8 ct um 18:00**, darum versorgt der Speicher das Haus bis 20:15, und die Wärmepumpe fährt um 17:00 zurück." } },
  { asset: "car", code: "waits_for_cheap", text: { en: "Tonight it drops to **11.8 ct**. The car fills then, from 02:00 to 03:45. Charging now would cost **€2.60 more**.", de: "Heute Nacht fällt er auf **11,8 ct**. Das Auto lädt dann, von 02:00 bis 03:45. Jetzt zu laden kostete **2,60 € mehr**." } },
];

/** How old a reading is in the state that is played. [s] */
function ageOf(state, id) {
  if (state === "late") return 14;
  return state === "old" && id === "battery" ? 540 : 2;
}

function nodesOf(world) {
  const { live } = world.state;
  if (live === "first") return [];
  const shown = live === "part" ? NODES.filter((each) => ["grid", "roof", "load"].includes(each.id)) : NODES;
  const nodes = shown.map((each) => ({ ...each, power_w: live === "sells" ? SELLS[each.id] : live === "stopped" ? STOPPED[each.id] : each.power_w, read_at: new Date(world.nowMs() - 1000 * ageOf(live, each.id)).toISOString() }));
  if (live === "gap") nodes.push({ id: "unexplained", kind: "unexplained", name: "Unexplained", power_w: 310, read_at: new Date(world.nowMs()).toISOString() });
  return nodes;
}

const STATES = { stopped: "stopped", error: "error", silent: "silent", boot: "boot", first: "idle" };
const WHYS = { stopped: "Mia pressed the emergency stop at 16:38.", error: "The battery is hotter than it may be.", first: "" };

export function liveOf(world) {
  const { live, plan, zone, demo } = world.state;
  const at = new Date(world.nowMs()).toISOString();
  return {
    site: "home", seq: 1, at, timezone: zone, is_demo: demo === "yes",
    state: STATES[live] ?? "running", why: WHYS[live] ?? "",
    mode: { ...world.mode, in_force: plan === "failed" ? "self_consumption" : world.mode.in_force },
    nodes: nodesOf(world),
    price: { import_eur_per_kwh: 0.279, export_eur_per_kwh: 0.081 },
    devices: ["meter", "inverter", "battery", "charger", "heat", "boiler"].slice(0, live === "first" ? 0 : 6).map((id) => ({ id, answers: !(live === "old" && id === "battery"), last_at: at, problems: [] })),
    because: live === "first" ? [] : BECAUSE,
    leases: world.leases,
    plan: { id: plan === "none" ? null : `plan-${plan}`, made_at: "2026-05-14T14:30:00Z", next_at: "2026-05-14T14:45:00Z", failed: null },
    notices: { act_now: live === "error" ? 1 : 0, look_soon: live === "old" ? 1 : 0, good_to_know: world.seen.size === 0 ? 1 : 0 },
  };
}
