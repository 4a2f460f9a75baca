/** Asking the server: one function for reads and one for writes; what goes wrong is a `Refused` with its problem. */
import type { ProblemDetails } from "./shapes";

export const API = "/api/v1";

/** What the standards of OAuth name lies at the root, all else below the API. */
function addressOf(path: string): string {
  return path.startsWith("/oauth/") ? path : API + path;
}

export class Refused extends Error {
  readonly problem: ProblemDetails;
  /** Whom to name when asking for help. */
  readonly requestId: string;
  readonly retryAfterS: number | null;

  constructor(problem: ProblemDetails, requestId: string, retryAfterS: number | null) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.requestId = requestId;
    this.retryAfterS = retryAfterS;
  }
}

/** An id that nobody else makes. Browsers offer `randomUUID` only over https and on this machine itself. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let csrfToken: string | null = null;

/** Told by whoever asks for the state of the session. */
export function keepToken(token: string | null): void {
  csrfToken = token;
}

export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answered<T>(await fetch(addressOf(path), { signal, headers: { Accept: "application/json" } }));
}

export async function write<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  if (!navigator.onLine) throw offline();
  const headers: Record<string, string> = { Accept: "application/json", "Idempotency-Key": newId() };
  const isFile = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = isFile ? body.type || "application/octet-stream" : "application/json";
  if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  return answered<T>(await fetch(addressOf(path), { method, headers, body: body === undefined || isFile ? body : JSON.stringify(body) }));
}

async function answered<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : null) as T;
  const wait = response.headers.get("Retry-After");
  throw new Refused(problemOf(response, text), response.headers.get("X-Request-Id") ?? "", wait === null ? null : Number(wait));
}

function problemOf(response: Response, text: string): ProblemDetails {
  try {
    return { faults: [], code: "", detail: "", title: response.statusText, status: response.status, ...(JSON.parse(text) as Partial<ProblemDetails>) };
  } catch {
    return { title: response.statusText, status: response.status, detail: "", code: `http-${response.status}`, faults: [] };
  }
}

function offline(): Refused {
  return new Refused({ title: "Offline", status: 0, detail: "", code: "offline", faults: [] }, "", null);
}
