/** Devices as the server tells of them. Positive is taken; times are UTC. */

export interface DeviceBrief {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly address: string;
  readonly unit_id: number;
  readonly profile: string;
  /** What the profile is for, in the words of its file. */
  readonly product: string;
  /** Role of the profile -> asset, or `grid`. */
  readonly serves: Readonly<Record<string, string>>;
  readonly place: string;
  readonly is_read_only: boolean;
  /** Of today, where the device stands for one thing. */
  readonly today_kwh?: number | null;
  /** Whether it was added since the site was started. */
  readonly waits_for_start: boolean;
}

export interface Value {
  readonly role: string;
  readonly asset: string;
  readonly quantity: string;
  readonly value: number | null;
  readonly at: string | null;
}

export interface Limit {
  readonly name: string;
  /** An asset, or `grid`. */
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly who: string;
  readonly until?: string | null;
}

export interface SignCheck {
  readonly at: string;
  readonly who: string;
  /** In the words of the report of commissioning. */
  readonly result: string;
}

export interface DeviceDetail extends DeviceBrief {
  readonly values: readonly Value[];
  readonly limits: readonly Limit[];
  readonly signs?: SignCheck | null;
  readonly firmware: string;
  readonly serial: string;
  readonly lost_count?: number | null;
  readonly write_count?: number | null;
  /** Null for what is only read. */
  readonly comms_loss?: { readonly seconds: number; readonly action: string; readonly holds: boolean | null } | null;
}

export interface Command {
  readonly id: string;
  readonly at: string;
  readonly asset: string;
  readonly asked_w: number | null;
  readonly granted_w: number | null;
  readonly sent_w: number | null;
  readonly measured_w: number | null;
  readonly outcome: string;
  readonly rule: string;
  readonly who: string;
}
