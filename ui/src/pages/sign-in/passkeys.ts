/** Passkeys: what the server asks in JSON becomes what the browser asks of the device, and the answer goes back as JSON. */

/** Options or answers as WebAuthn writes them in JSON: bytes are base64url. */
export type Json = Readonly<Record<string, unknown>>;

export interface Question {
  readonly options: Json;
  readonly ticket: string;
}

export function toBase64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

interface Named {
  readonly id: string;
}

const withIds = (known: unknown) => ((known ?? []) as readonly Named[]).map((each) => ({ ...each, id: fromBase64url(each.id) }));

/** For `navigator.credentials.get`. */
export function asRequest(options: Json): PublicKeyCredentialRequestOptions {
  return { ...options, challenge: fromBase64url(options.challenge as string), allowCredentials: withIds(options.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions;
}

/** For `navigator.credentials.create`. */
export function asCreation(options: Json): PublicKeyCredentialCreationOptions {
  const user = options.user as Named;
  return {
    ...options,
    challenge: fromBase64url(options.challenge as string),
    user: { ...user, id: fromBase64url(user.id) },
    excludeCredentials: withIds(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
}

const BYTES = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;

/** The answer of the device as the server reads it. */
export function asJson(credential: PublicKeyCredential): Json {
  const said = credential.response as unknown as Record<string, ArrayBuffer | null | undefined>;
  const response = Object.fromEntries(BYTES.flatMap((name) => (said[name] ? [[name, toBase64url(said[name])]] : [])));
  return { id: credential.id, rawId: toBase64url(credential.rawId), type: credential.type, response };
}

/** Whether this browser has passkeys at all, and may use them at this address. */
export function canPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && isSecureContext;
}

const TOLD: Readonly<Record<string, string>> = { NotAllowedError: "cancelled", AbortError: "cancelled", SecurityError: "address", InvalidStateError: "known", NotSupportedError: "device", ConstraintError: "device" };

/** What the browser said instead of an answer, as a word of the catalogue; empty where it was not the browser. */
export function refusalOf(error: unknown): string {
  return error instanceof DOMException ? (TOLD[error.name] ?? "") : "";
}

/** Let the device prove itself. */
export async function proven(options: Json): Promise<Json> {
  return asJson(await navigator.credentials.get({ publicKey: asRequest(options) }) as PublicKeyCredential);
}

/** Let the device make a passkey. */
export async function made(options: Json): Promise<Json> {
  return asJson(await navigator.credentials.create({ publicKey: asCreation(options) }) as PublicKeyCredential);
}
