/** One stream of events for a tab: a snapshot, then what changed, numbered; shown at most four times a second. */
import { useSyncExternalStore } from "react";

import { API, read } from "../api/client";
import type { Live } from "../api/shapes";

const OLD_MS = 10_000;
const SHOW_EVERY_MS = 250;
const WAITS_S = [1, 2, 4, 8, 15] as const;
const KEPT = "enerwise.live.";
/** The last state is kept for reading offline, and not written more often than this. */
const KEEP_EVERY_MS = 15_000;

export type Contact = "waiting" | "live" | "lost";

export interface LiveState {
  readonly live: Live | null;
  /** When it was received, by this browser's clock. [ms] */
  readonly receivedMs: number;
  readonly contact: Contact;
  readonly lostMs: number | null;
  readonly nextTryMs: number | null;
}

const NOTHING: LiveState = { live: null, receivedMs: 0, contact: "waiting", lostMs: null, nextTryMs: null };

export class LiveStore {
  private state: LiveState = NOTHING;
  private shown: LiveState = NOTHING;
  private stream: EventSource | null = null;
  private tries = 0;
  /** When the stream was opened or last said something. [ms] */
  private heardMs = 0;
  /** When there was contact for the last time. [ms] */
  private contactMs = Date.now();
  private watch: number | undefined;
  private retry: number | undefined;
  private paint: number | undefined;
  private keptMs = 0;
  private readonly listeners = new Set<() => void>();

  constructor(readonly site: string) {
    this.state = this.shown = { ...NOTHING, ...kept(site) };
  }

  readonly get = (): LiveState => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) this.begin();
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end();
    };
  };

  private begin(): void {
    document.addEventListener("visibilitychange", this.onVisible);
    this.connect();
    this.watch = window.setInterval(() => this.stream && Date.now() - this.heardMs > OLD_MS && this.lose(), 1000);
  }

  private end(): void {
    document.removeEventListener("visibilitychange", this.onVisible);
    window.clearInterval(this.watch);
    this.close();
  }

  /** A hidden tab needs no stream; when it returns, the age tells how old things are until the first snapshot. */
  private readonly onVisible = (): void => {
    this.keep();
    if (document.hidden) this.close();
    else this.connect();
  };

  private keep(): void {
    this.keptMs = Date.now();
    const { live, receivedMs } = this.state;
    if (live) localStorage.setItem(KEPT + this.site, JSON.stringify({ live, receivedMs }));
  }

  /** Try now instead of at the end of the wait. */
  readonly retryNow = (): void => this.connect();

  private close(): void {
    window.clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
  }

  private connect(): void {
    this.close();
    this.heardMs = Date.now();
    const stream = new EventSource(`${API}/sites/${encodeURIComponent(this.site)}/events`);
    this.stream = stream;
    stream.addEventListener("snapshot", (event) => this.take(JSON.parse(event.data as string) as Live));
    stream.addEventListener("delta", (event) => {
      const change = JSON.parse(event.data as string) as Partial<Live> & { seq: number };
      const before = this.state.live;
      if (!before || change.seq !== before.seq + 1) void this.refetch();
      else this.take({ ...before, ...change });
    });
    stream.addEventListener("heartbeat", (event) => {
      const { seq } = JSON.parse(event.data as string) as { seq?: number };
      // A heartbeat names the newest number: whoever has missed one fetches everything.
      if (seq !== undefined && this.state.live && seq !== this.state.live.seq) void this.refetch();
      else this.hear();
    });
    stream.onerror = () => this.lose();
  }

  private async refetch(): Promise<void> {
    try {
      this.take(await read<Live>(`/sites/${encodeURIComponent(this.site)}/live`));
    } catch {
      this.lose();
    }
  }

  private hear(): void {
    this.heardMs = this.contactMs = Date.now();
    this.tries = 0;
    if (this.state.contact !== "live") this.show({ ...this.state, contact: "live", lostMs: null, nextTryMs: null });
  }

  private take(live: Live): void {
    this.hear();
    this.show({ live, receivedMs: Date.now(), contact: "live", lostMs: null, nextTryMs: null });
  }

  private lose(): void {
    this.close();
    const waitMs = (WAITS_S[Math.min(this.tries, WAITS_S.length - 1)] ?? 15) * 1000;
    this.tries += 1;
    if (!document.hidden) this.retry = window.setTimeout(() => this.connect(), waitMs);
    this.show({ ...this.state, contact: "lost", lostMs: this.state.lostMs ?? this.contactMs, nextTryMs: Date.now() + waitMs });
  }

  private show(state: LiveState): void {
    this.state = state;
    this.paint ??= window.setTimeout(() => {
      this.paint = undefined;
      this.shown = this.state;
      if (Date.now() - this.keptMs > KEEP_EVERY_MS) this.keep();
      for (const each of this.listeners) each();
    }, SHOW_EVERY_MS);
  }
}

/** What was last seen of a site in this browser. */
function kept(site: string): Partial<LiveState> {
  try {
    return JSON.parse(localStorage.getItem(KEPT + site) ?? "{}") as Partial<LiveState>;
  } catch {
    return {};
  }
}

const stores = new Map<string, LiveStore>();

/** The stream of a site; all parts of a page share one. */
export function liveStore(site: string): LiveStore {
  let store = stores.get(site);
  if (!store) stores.set(site, (store = new LiveStore(site)));
  return store;
}

export function useLive(site: string): LiveState {
  const store = liveStore(site);
  return useSyncExternalStore(store.subscribe, store.get);
}
