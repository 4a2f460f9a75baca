/** Accounts as the server tells of them; times are UTC. */

export interface Person {
  readonly id: string;
  readonly kind: "person" | "service";
  readonly name: string;
  readonly email: string | null;
  readonly made_at: string;
  readonly signed_in_at: string | null;
  readonly is_disabled: boolean;
  readonly is_invited: boolean;
  readonly has_totp: boolean;
}

export interface Invitation {
  readonly link: string;
  readonly ends_at: string;
}

export interface Grant {
  readonly id: string;
  readonly person_id: string;
  readonly role: Role;
  /** `*`, `site:<id>` or `group:<id>`. */
  readonly scope: string;
}

export const ROLES = ["viewer", "operator", "installer", "owner"] as const;
export type Role = (typeof ROLES)[number] | "service";

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
}

export const ACTIONS = ["see", "stop", "control", "trade", "restart", "ingest", "configure", "audit", "manage"] as const;

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly issuer_name: string;
  /** Actions by site; `*` is every site and the server itself. */
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  readonly made_at: string;
  readonly ends_at: string | null;
  readonly used_at: string | null;
  readonly is_revoked: boolean;
}

export interface Session {
  readonly id: string;
  readonly agent: string;
  readonly made_at: string;
  readonly seen_at: string;
  readonly is_this: boolean;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly made_at: string;
  readonly used_at: string | null;
}

export interface AuditLine {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly subject_name?: string;
  readonly who: string;
  readonly who_name?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A copy that was verified, and takes over at the next start. */
export interface Restore {
  /** `staged` or `none`. */
  readonly state: string;
  readonly site: string;
  readonly made_at: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly with_accounts: boolean;
}
