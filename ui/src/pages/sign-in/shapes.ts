/** Who is signed in, with what only these pages need. */
import type { AuthState } from "../../api/shapes";

export interface FullAuth extends AuthState {
  readonly oidc_name: string | null;
  readonly saml_name: string | null;
  readonly needs_step_up: boolean;
  readonly person: { readonly id: string; readonly name: string; readonly email: string; readonly has_totp: boolean; readonly has_password: boolean } | null;
}
