// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

let posted: { id: string; site: string; what: string }[] = [];

// The script draws itself once, as in a browser; every test finds the button at rest again.
beforeAll(async () => {
  HTMLElement.prototype.setPointerCapture = () => undefined;
  vi.stubGlobal("fetch", async (_way: string, init?: RequestInit) => {
    if (init?.method !== "POST") return new Response(JSON.stringify({ id: "x", state: "stopped", main_switch: "", devices: [] }));
    posted.push(JSON.parse(String(init.body)));
    return new Response("{}", { status: 202 });
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame", "performance", "Date"] });
  await import("./stop");
  window.enerwiseStopButton?.about({ site: "home", name: "Lindenweg 8", mainSwitch: "cellar", language: "en", isStopped: false, devices: [{ id: "b", name: "Battery" }] });
});
beforeEach(() => void (posted = []));
afterEach(() => dialog().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })));
afterAll(() => vi.useRealTimers());

const button = () => document.querySelector<HTMLButtonElement>(".es-button") as HTMLButtonElement;
const dialog = () => document.querySelector<HTMLElement>(".es-dialog") as HTMLElement;

async function press(forMs: number): Promise<void> {
  button().dispatchEvent(new PointerEvent("pointerdown", { button: 0, pointerId: 1 }));
  await vi.advanceTimersByTimeAsync(forMs);
  button().dispatchEvent(new PointerEvent("pointerup", { button: 0, pointerId: 1 }));
  button().click();
}

test("without an app the button stands in the corner, and moves to the place that an app offers", () => {
  expect(button().parentElement?.dataset.corner).toBe("");
  const slot = document.body.appendChild(document.createElement("div"));
  window.enerwiseStopButton?.mount(slot);
  expect(slot.contains(button())).toBe(true);
  expect(button().parentElement?.dataset.corner).toBeUndefined();
});

test("held for a second it stops, with an id of its own", async () => {
  await press(1050);
  await vi.advanceTimersByTimeAsync(2000);
  expect(new Set(posted.map((each) => each.id)).size).toBe(1);
  expect(posted[0]).toMatchObject({ site: "home", what: "site" });
  expect(posted[0]?.id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  expect(dialog().textContent).toContain("Stopped");
});

test("let go early nothing is sent and nothing asked", async () => {
  await press(700);
  expect(posted).toEqual([]);
  expect(dialog().hidden).toBe(true);
});

test("one press asks, with the focus on the deed; leaving sends nothing", async () => {
  await press(80);
  expect(dialog().hidden).toBe(false);
  expect(document.activeElement?.textContent).toBe("Stop now");
  expect(dialog().textContent).toContain("cellar");
  dialog().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(dialog().hidden).toBe(true);
  expect(posted).toEqual([]);
});

test("the keys open the same question, and pressing a key on the button after a hold still asks", async () => {
  document.dispatchEvent(new KeyboardEvent("keydown", { key: ">", code: "Period", ctrlKey: true, shiftKey: true, bubbles: true }));
  expect(dialog().hidden).toBe(false);
  (document.activeElement as HTMLElement).click();
  await vi.advanceTimersByTimeAsync(2000);
  expect(new Set(posted.map((each) => each.id)).size).toBe(1);
});
