/** What the server says while a device is looked for and connected. */

export interface FoundDevice {
  readonly address: string;
  readonly unit_id: number;
  /** What it says it is; empty where it does not say. */
  readonly product: string;
  /** Profiles of what it says it is. */
  readonly profiles: readonly string[];
  readonly note: string;
}

export interface Search {
  readonly id: string;
  readonly network: string;
  readonly state: "running" | "done" | "failed" | "cancelled";
  readonly asked: number;
  readonly total: number;
  readonly found: readonly FoundDevice[];
  readonly why: string;
}

export interface Profile {
  readonly name: string;
  readonly product: string;
  readonly roles: readonly string[];
}

export interface Reading {
  readonly role: string;
  readonly quantity: string;
  readonly value: number | null;
}

export interface Match {
  readonly profile: string;
  readonly product: string;
  /** Whether everything it reads lies within what any home has. */
  readonly makes_sense: boolean;
  readonly roles: readonly string[];
  readonly values: readonly Reading[];
  readonly why: string;
}

export interface Probe {
  readonly address: string;
  readonly unit_id: number;
  readonly matches: readonly Match[];
}
