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

export interface Order {
  readonly id: string;
  readonly site: string;
  readonly what: string;
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

/** The live channel, opened for this. The same id is the same stop, so that it may come on several ways. */
export function byChannel(here: Location): (order: Order) => Promise<void> {
  return (order) =>
    new Promise((done, fail) => {
      const socket = new WebSocket(`${here.protocol.replace("http", "ws")}//${here.host}/api/v1/live`);
      const end = (act: () => void) => {
        clearTimeout(timer);
        socket.close();
        act();
      };
      const timer = setTimeout(() => end(() => fail(new Error("no answer"))), PATIENCE_MS);
      socket.onopen = () => socket.send(JSON.stringify({ type: "command", do: "stop", ...order }));
      socket.onerror = () => end(() => fail(new Error("no channel")));
      socket.onmessage = (event) => {
        const said = JSON.parse(String(event.data)) as { type: string; id?: string; state?: string };
        if (said.type !== "command" || said.id !== order.id) return;
        end(said.state === "received" || said.state === "acknowledged" ? done : () => fail(new Error("refused")));
      };
    });
}

/** The ways to the server: this address, and its second listener one port further. */
export function ways(here: Location): string[] {
  const port = Number(here.port || (here.protocol === "https:" ? 443 : 80));
  return [`${here.origin}/stop`, `${here.protocol}//${here.hostname}:${port + 1}/stop`];
}

interface Tools {
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  readonly ways: readonly string[];
  /** The live channel, a further way; tried from the second attempt on. */
  readonly channel?: (order: Order) => Promise<void>;
  /** Whether the site has been started again, so that there is nothing left to follow. */
  readonly isOver?: () => boolean;
}

/** Send until received, then follow until every device has confirmed or is missing; never gives up. */
export async function send(order: Order, heard: Heard, tools: Tools): Promise<void> {
  const first = await received(order, heard, tools);
  const ways = [first, ...tools.ways.filter((way) => way !== first)];
  while (!tools.isOver?.()) {
    const found = await asked(`${ways[0]}/${encodeURIComponent(order.id)}`, tools);
    // A way that has fallen silent meanwhile gives its turn to the next.
    if (!found) ways.push(ways.shift() as string);
    if (found) heard.progress(found);
    if (found && found.state === "stopped") return;
    await tools.wait(found?.state === "missing" ? 1000 : LOOK_MS);
  }
}

/** Send at once, then after 1, 2, 4 and every 5 seconds: a way that hangs does not hold up the next attempt. */
async function received(order: Order, heard: Heard, tools: Tools): Promise<string> {
  let got: string | undefined;
  let isRefused = false;
  const refuse = (): void => void (isRefused = true);
  for (let attempt = 1; ; attempt += 1) {
    heard.sending(attempt);
    const tried = tools.ways.map((way) => posted(way, order, refuse, tools));
    if (tools.channel && attempt > 1) tried.push(tools.channel(order).then(() => tools.ways[0] ?? ""));
    const any = Promise.any(tried).then((way) => (got ??= way), () => undefined);
    // Told as soon as every way has failed, at the latest when it is time for the next attempt.
    const pause = tools.wait((WAITS_S[Math.min(attempt, WAITS_S.length) - 1] ?? 5) * 1000);
    await Promise.race([any, pause]);
    if (got !== undefined) return got;
    heard.unheard(attempt, isRefused);
    await pause;
    if (got !== undefined) return got;
  }
}

async function posted(way: string, order: Order, refuse: () => void, tools: Tools): Promise<string> {
  const answer = await tools.fetch(way, { method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order), signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok) return way;
  if (answer.status === 401 || answer.status === 403) refuse();
  throw new Error(String(answer.status));
}

async function asked(path: string, tools: Tools): Promise<Progress | null> {
  try {
    const answer = await tools.fetch(path, { credentials: "include", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? ((await answer.json()) as Progress) : null;
  } catch {
    return null;
  }
}
