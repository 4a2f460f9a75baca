import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Heard, type Progress, send, ways } from "./send";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ORDER = { id: "s-1", site: "home", what: "site" };

function listener() {
  const told: string[] = [];
  const heard: Heard = {
    sending: (attempt) => told.push(`sending ${attempt}`),
    unheard: (attempt, isRefused) => told.push(`unheard ${attempt}${isRefused ? " refused" : ""}`),
    progress: (progress) => told.push(`${progress.state} ${progress.devices.filter((each) => each.confirmed_ms !== null).length}`),
  };
  return { told, heard };
}

/** Send, with the time passing as fast as it can. */
async function sent(heard: Heard, fetch: typeof globalThis.fetch, ways: readonly string[], more: object = {}): Promise<void> {
  const done = send(ORDER, heard, { fetch, wait: (ms) => new Promise((go) => setTimeout(go, ms)), ways, ...more });
  await vi.advanceTimersByTimeAsync(60_000);
  await done;
}

const state = (name: Progress["state"], confirmed: number | null): Response =>
  new Response(JSON.stringify({ id: "s-1", state: name, main_switch: "", devices: [{ id: "battery", name: "Battery", confirmed_ms: confirmed, place: "" }] }), { status: 200 });

test("both ways are known: this port and the next", () => {
  expect(ways({ origin: "http://home:8600", protocol: "http:", hostname: "home", port: "8600" } as Location)).toEqual(["http://home:8600/stop", "http://home:8601/stop"]);
});

test("it is sent again after 1, 2, 4 and then every 5 seconds, with the same id, until one way receives it", async () => {
  const { told, heard } = listener();
  const sentMs: number[] = [];
  const beganMs = Date.now();
  const bodies = new Set<string>();
  let posts = 0;
  const fetch = (async (path: string, init?: RequestInit) => {
    if (init?.method !== "POST") return state("stopped", 600);
    bodies.add(String(init.body));
    posts += 1;
    if (path.includes("8601")) sentMs.push(Date.now() - beganMs);
    if (posts < 12 || !path.includes("8601")) throw new Error("no contact");
    return new Response("{}", { status: 202 });
  }) as typeof globalThis.fetch;
  await sent(heard, fetch, ["http://home:8600/stop", "http://home:8601/stop"]);
  expect(sentMs).toEqual([0, 1000, 3000, 7000, 12_000, 17_000]);
  expect(bodies.size).toBe(1);
  expect(told.at(-1)).toBe("stopped 1");
});

test("a tick needs the device: received alone confirms nothing, and a silent device is followed on", async () => {
  const { told, heard } = listener();
  const answers = [state("received", null), state("missing", null), state("stopped", 4000)];
  const fetch = (async (_path: string, init?: RequestInit) => (init?.method === "POST" ? new Response("{}", { status: 202 }) : answers.shift())) as typeof globalThis.fetch;
  await sent(heard, fetch, ["http://home:8600/stop"]);
  expect(told).toEqual(["sending 1", "received 0", "missing 0", "stopped 1"]);
});

test("a refusal is told, and tried again all the same", async () => {
  const { told, heard } = listener();
  let posts = 0;
  const fetch = (async (_path: string, init?: RequestInit) => (init?.method === "POST" ? new Response("", { status: ++posts > 1 ? 202 : 401 }) : state("stopped", 1))) as typeof globalThis.fetch;
  await sent(heard, fetch, ["http://home:8600/stop"]);
  expect(told[1]).toBe("unheard 1 refused");
});

test("a way that hangs does not hold up the next attempt, and the live channel is a further way", async () => {
  const { told, heard } = listener();
  const fetch = (async (_path: string, init?: RequestInit) => (init?.method === "POST" ? new Promise(() => undefined) : state("stopped", 1))) as typeof globalThis.fetch;
  let asked = 0;
  const channel = async () => {
    asked += 1;
    if (asked < 2) throw new Error("no channel");
  };
  await sent(heard, fetch, ["http://home:8600/stop"], { channel });
  expect(told).toEqual(["sending 1", "unheard 1", "sending 2", "unheard 2", "sending 3", "stopped 1"]);
});

test("progress is asked on another way when the first has fallen silent", async () => {
  const { told, heard } = listener();
  const fetch = (async (path: string, init?: RequestInit) => {
    if (init?.method === "POST") return new Response("{}", { status: 202 });
    if (!path.includes("8601")) throw new Error("no contact");
    return state("stopped", 900);
  }) as typeof globalThis.fetch;
  await sent(heard, fetch, ["http://home:8600/stop", "http://home:8601/stop"]);
  expect(told).toEqual(["sending 1", "stopped 1"]);
});

test("a device that never answers is followed until the site is started again", async () => {
  const { told, heard } = listener();
  const fetch = (async (_path: string, init?: RequestInit) => (init?.method === "POST" ? new Response("{}", { status: 202 }) : state("missing", null))) as typeof globalThis.fetch;
  await sent(heard, fetch, ["http://home:8600/stop"], { isOver: () => told.length > 5 });
  expect(told.slice(1)).toEqual(Array.from({ length: 5 }, () => "missing 0"));
});
