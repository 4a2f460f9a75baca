/** Sending a stop: by every known way, again and again, until one has received it; then asking what came of it. */
export interface DeviceState {
  readonly id: string;
  readonly name: string;
  readonly confirmed_ms: number | null;
  readonly place: string;
}

export interface Progress {
  readonly id: string;
  readonly state: "received" | "stopping" | "stopped" | "missing";
  readonly devices: readonly DeviceState[];
  readonly main_switch: string;
}

export interface Heard {
  sending(attempt: number): void;
  /** Nobody has received it so far. */
  unheard(attempt: number, isRefused: boolean): void;
  progress(progress: Progress): void;
}

/** Seconds between two attempts. */
export const WAITS_S = [1, 2, 4, 5] as const;
const LOOK_MS = 300;
const PATIENCE_MS = 3000;

/** The ways to the server: this address, and its second listener one port further. */
export function ways(here: Location): string[] {
  const port = Number(here.port || (here.protocol === "https:" ? 443 : 80));
  return [`${here.origin}/stop`, `${here.protocol}//${here.hostname}:${port + 1}/stop`];
}

interface Tools {
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  readonly ways: readonly string[];
}

/** Send until received, then follow until every device has confirmed or is missing; never gives up. */
export async function send(order: { id: string; site: string; what: string }, heard: Heard, tools: Tools): Promise<void> {
  const way = await received(order, heard, tools);
  for (;;) {
    const found = await asked(`${way}/${encodeURIComponent(order.id)}`, tools);
    if (found) heard.progress(found);
    if (found && found.state === "stopped") return;
    await tools.wait(found?.state === "missing" ? 1000 : LOOK_MS);
  }
}

async function received(order: { id: string; site: string; what: string }, heard: Heard, tools: Tools): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    heard.sending(attempt);
    let isRefused = false;
    const tried = tools.ways.map(async (way) => {
      const answer = await tools.fetch(way, { method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order), signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) {
        isRefused ||= answer.status === 401 || answer.status === 403;
        throw new Error(String(answer.status));
      }
      return way;
    });
    // The live channel is a third way; whoever receives it first counts, the others find it done.
    window.enerwiseLiveStop?.(order);
    try {
      return await Promise.any(tried);
    } catch {
      heard.unheard(attempt, isRefused);
      await tools.wait((WAITS_S[Math.min(attempt, WAITS_S.length) - 1] ?? 5) * 1000);
    }
  }
}

async function asked(path: string, tools: Tools): Promise<Progress | null> {
  try {
    const answer = await tools.fetch(path, { credentials: "include", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? ((await answer.json()) as Progress) : null;
  } catch {
    return null;
  }
}
