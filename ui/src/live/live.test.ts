// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Live } from "../api/shapes";
import { LiveStore } from "./live";

class Stream extends EventTarget {
  static opened: Stream[] = [];
  isClosed = false;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Stream.opened.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
  tell(kind: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}

const live = (seq: number, power_w = 1): Partial<Live> => ({ seq, at: "2026-05-14T14:40:00Z", nodes: [{ id: "load", kind: "load", name: "Home", power_w, read_at: null }] });
const newest = () => Stream.opened.at(-1) as Stream;
let store: LiveStore;
let shown: number;
let stop: () => void;
let fetched: number;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  Stream.opened = [];
  shown = fetched = 0;
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("fetch", async () => {
    fetched += 1;
    return new Response(JSON.stringify(live(9, 900)));
  });
  store = new LiveStore("home");
  stop = store.subscribe(() => (shown += 1));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const power = () => store.get().live?.nodes[0]?.power_w;

test("a snapshot, then what changed, shown at most four times a second", async () => {
  newest().tell("snapshot", live(1, 10));
  for (let seq = 2; seq <= 21; seq += 1) newest().tell("delta", { seq, nodes: live(seq, seq).nodes });
  expect(shown).toBe(0);
  await vi.advanceTimersByTimeAsync(250);
  expect(shown).toBe(1);
  expect(power()).toBe(21);
  expect(store.get().contact).toBe("live");
});

test("a number that is missing, also in a heartbeat, fetches everything", async () => {
  newest().tell("snapshot", live(1, 10));
  newest().tell("delta", { seq: 3, nodes: live(3, 30).nodes });
  await vi.advanceTimersByTimeAsync(300);
  expect([fetched, power()]).toEqual([1, 900]);
  newest().tell("heartbeat", { seq: 9 });
  await vi.advanceTimersByTimeAsync(300);
  expect(fetched).toBe(1);
  newest().tell("heartbeat", { seq: 10 });
  await vi.advanceTimersByTimeAsync(300);
  expect(fetched).toBe(2);
});

test("ten seconds of silence are a lost contact; it is tried again, and values keep their age", async () => {
  newest().tell("snapshot", live(1, 10));
  const heardMs = Date.now();
  await vi.advanceTimersByTimeAsync(11_500);
  expect(store.get().contact).toBe("lost");
  expect(store.get().receivedMs).toBe(heardMs);
  const count = Stream.opened.length;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Stream.opened.length).toBe(count + 1);
  newest().tell("snapshot", live(5, 50));
  await vi.advanceTimersByTimeAsync(300);
  expect([store.get().contact, power()]).toEqual(["live", 50]);
});

test("a hidden tab closes its stream, and opens one when it returns", () => {
  const hide = (hidden: boolean) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  hide(true);
  expect(newest().isClosed).toBe(true);
  hide(false);
  expect(Stream.opened.length).toBe(2);
  expect(newest().isClosed).toBe(false);
});

test("the last state stays readable after the tab was closed, with its age", async () => {
  newest().tell("snapshot", live(1, 10));
  await vi.advanceTimersByTimeAsync(300);
  const again = new LiveStore("home");
  expect(again.get().live?.nodes[0]?.power_w).toBe(10);
  expect(again.get().contact).toBe("waiting");
  localStorage.setItem("enerwise.live.home", "{nonsense");
  expect(new LiveStore("home").get().live).toBeNull();
});
