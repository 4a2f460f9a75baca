/** Safety as the server tells of it; times are UTC. */
import type { Said } from "../../api/shapes";

export interface SafetyLimit {
  readonly name: string;
  /** An asset, or `grid`. */
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly who: string;
  readonly until?: string | null;
}

export interface Watchdog {
  readonly id: string;
  readonly kind: string;
  readonly timeout_s: number | null;
  readonly holds: boolean | null;
  readonly last_test_at?: string | null;
}

export interface Stop {
  readonly at: string;
  readonly cause: string;
  readonly who: string;
  readonly is_test: boolean;
  readonly acked_ms: Readonly<Record<string, number>>;
  readonly missing: readonly string[];
  readonly rest_s: number | null;
}

export interface Trip {
  readonly subject: string;
  readonly cause: string;
  readonly active: boolean;
  readonly since: string;
}

export interface Check {
  readonly id: string;
  readonly text: Said;
  readonly ok: boolean | null;
  readonly detail: string;
}

export interface Contact {
  readonly name: string;
  readonly phone: string;
  readonly role: string;
}

export type SafetyState = "running" | "idle" | "stopped" | "error" | "boot" | "silent";

export interface Safety {
  readonly state: SafetyState;
  readonly why: string;
  readonly limits: readonly SafetyLimit[];
  readonly watchdogs: readonly Watchdog[];
  readonly claims_fast_stop: boolean;
  /** What keeps the machine from fast stops. */
  readonly remarks: readonly string[];
  readonly stops: readonly Stop[];
  readonly trips: readonly Trip[];
  readonly contact_lost: readonly { readonly device: string; readonly assets: readonly string[]; readonly text: Said }[];
  readonly checklist: readonly Check[];
  readonly recovery: readonly string[];
  readonly contacts: readonly Contact[];
  readonly main_switch: string;
  readonly devices: readonly { readonly id: string; readonly name: string; readonly place: string }[];
}

/** What the door answers to a stop or a test of it. */
export interface TestResult {
  /** By asset. */
  readonly acked_ms: Readonly<Record<string, number>>;
  readonly missing: readonly string[];
}
