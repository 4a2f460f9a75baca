/** What the server says, as the page needs it. Positive is taken: load, into the battery, from the grid. */
export interface Said {
  readonly en: string;
  readonly de: string;
}

export type Mode = "automatic" | "manual" | "away";
export type NodeKind = "grid" | "pv" | "battery" | "load" | "car" | "heat" | "unexplained";

export interface LiveNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly power_w: number | null;
  readonly read_at: string | null;
  readonly soc_ratio?: number | null;
  readonly energy_wh?: number | null;
  readonly today_kwh?: number | null;
}

export interface Because {
  readonly asset: string;
  readonly code: string;
  readonly text: Said;
}

export interface Lease {
  readonly id: string;
  readonly asset: string;
  readonly action: string;
  readonly power_w: number | null;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly who: string;
  readonly state: "waiting" | "acting" | "cut" | "refused" | "ended" | "withdrawn";
  readonly rule: string;
  readonly value_w: number | null;
}

export interface Live {
  readonly site: string;
  readonly seq: number;
  readonly at: string;
  readonly timezone: string;
  readonly state: "running" | "idle" | "stopped" | "error" | "boot" | "silent";
  readonly why: string;
  readonly is_demo: boolean;
  readonly mode: { readonly mode: Mode; readonly in_force: string; readonly reason: string; readonly until: string | null; readonly who: string };
  readonly nodes: readonly LiveNode[];
  readonly price: { readonly import_eur_per_kwh: number | null; readonly export_eur_per_kwh: number | null };
  readonly devices: readonly { readonly id: string; readonly answers: boolean; readonly last_at: string | null; readonly problems: readonly string[] }[];
  readonly because: readonly Because[];
  readonly leases: readonly Lease[];
  readonly plan: { readonly id: string | null; readonly made_at: string | null; readonly next_at: string | null; readonly failed: string | null };
  readonly notices: { readonly act_now: number; readonly look_soon: number; readonly good_to_know: number };
}

export interface Today {
  readonly day: string;
  readonly hours: number;
  readonly paid_eur: number | null;
  readonly without_planning_eur: number | null;
  readonly saved_eur: number | null;
  readonly baseline: string;
  readonly solar_kwh: number | null;
  readonly solar_expected_kwh: number | null;
  readonly own_power_ratio: number | null;
  readonly sources_kwh: { readonly solar: number; readonly battery: number; readonly grid: number };
  readonly carbon_kg: number | null;
  readonly carbon_without_solar_kg: number | null;
  readonly gaps: readonly string[];
}

export interface AssetBrief {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly is_controllable: boolean;
  readonly capacity_wh?: number | null;
  readonly charge_limit_w?: number | null;
  readonly switch_power_w?: number | null;
}

export interface SiteDetail {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly is_demo: boolean;
  readonly assets: readonly AssetBrief[];
  readonly main_switch: string;
}

export interface Notice {
  readonly id: string;
  readonly level: "act_now" | "look_soon" | "good_to_know";
  readonly since: string;
  readonly what: Said;
  readonly effect: Said;
  readonly done: Said;
  readonly todo: Said;
  readonly is_seen: boolean;
}

export interface AuthState {
  readonly needs_first_run: boolean;
  readonly is_demo: boolean;
  readonly methods: readonly string[];
  readonly signed_in: boolean;
  readonly person: { readonly id: string; readonly name: string; readonly email: string | null } | null;
  readonly csrf_token: string | null;
  /** By site; `*` is the server itself. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
}

export interface Fault {
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

/** Problem details (RFC 9457). */
export interface ProblemDetails {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly faults: readonly Fault[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
