/**
 * The emergency stop: a script of its own, loaded before the app and without it.
 *
 * It draws its button where the app offers a place, and at the corner of the window where no app comes. Holding it for a
 * second stops; one press asks first. Nothing is shown as stopped that a device has not confirmed.
 */
import "./stop.css";

import { byChannel, type Progress, send, ways } from "./send";
import { type Words, wordsOf } from "./words";

const HOLD_MS = 1000;
const PRESS_MS = 350;
const KEPT = "enerwise.stop.about";

type Facts = EnerwiseStopFacts;

/** What this browser has kept; a browser that keeps nothing, or nonsense, must not hinder a stop. */
function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function known(): Partial<Facts> {
  try {
    return JSON.parse(kept(KEPT) ?? "{}") as Partial<Facts>;
  } catch {
    return {};
  }
}

let facts: Facts = { site: "", name: "", mainSwitch: "", language: navigator.language, isStopped: false, devices: [], ...known() };
let running = false;
/** Whether the site was started again since the stop. */
let isOver = false;

// The colours are set before the first paint, here, because nothing else runs so early.
const worn = kept("enerwise.theme");
const isDark = worn === "dark" || (worn !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.theme = isDark ? "dark" : "light";

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function octagon(): SVGSVGElement {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ width: "26", height: "26", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linejoin": "round", "aria-hidden": "true" })) drawn.setAttribute(name, value);
  for (const [d, isFull] of [["M8.200 3h7.600L21 8.200v7.600L15.800 21H8.200L3 15.800V8.200z", false], ["M9.200 9.200h5.600v5.600H9.200z", true]] as const) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    if (isFull) path.setAttribute("fill", "currentColor");
    drawn.append(path);
  }
  return drawn;
}

// The button --------------------------------------------------------------------------------------------------

const button = make("button", "es-button");
button.type = "button";
const fill = make("i", "es-fill");
const label = make("span", "es-label");
const about = make("span", "es-hidden");
about.id = "es-about";
button.setAttribute("aria-describedby", "es-about");
button.append(fill, octagon(), label);
const home = make("div", "es-home");
home.append(button, about);
home.setAttribute("role", "region");

function words(): Words {
  return wordsOf(facts.language);
}

function say(first: string, second: string): void {
  label.replaceChildren(first, make("small", "", second));
}

function rest(): void {
  fill.style.inlineSize = "0";
  button.toggleAttribute("data-stopped", facts.isStopped);
  about.textContent = words().keys;
  home.setAttribute("aria-label", words().button);
  if (running) say(words().running, words().seeSteps);
  else say(facts.isStopped ? words().stopped : words().button, facts.isStopped ? words().seeSafety : words().hold);
}

let downMs = 0;
let frame = 0;
let isHeld = false;

function turn(): void {
  const gone = performance.now() - downMs;
  fill.style.inlineSize = `${Math.min(100, (gone / HOLD_MS) * 100)}%`;
  if (gone > PRESS_MS) say(words().holding, words().left((Math.max(0, HOLD_MS - gone) / 1000).toFixed(1)));
  if (gone < HOLD_MS) {
    frame = requestAnimationFrame(turn);
    return;
  }
  isHeld = true;
  navigator.vibrate?.(60);
  rest();
  stop("site");
}

button.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  isHeld = false;
  downMs = performance.now();
  button.setPointerCapture(event.pointerId);
  frame = requestAnimationFrame(turn);
});
for (const name of ["pointerup", "pointercancel"] as const) {
  button.addEventListener(name, () => {
    cancelAnimationFrame(frame);
    rest();
  });
}
button.addEventListener("contextmenu", (event) => event.preventDefault());
button.addEventListener("click", () => {
  const wasLong = downMs > 0 && performance.now() - downMs > PRESS_MS;
  const wasHeld = isHeld;
  downMs = 0;
  isHeld = false;
  // A long press that was let go early was meant to be cancelled.
  if (!wasHeld && !wasLong) ask();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.shiftKey && (event.key === "." || event.key === ":" || event.code === "Period")) {
    event.preventDefault();
    ask();
  }
});

// The dialog --------------------------------------------------------------------------------------------------

const dialog = make("div", "es-dialog");
dialog.setAttribute("role", "alertdialog");
dialog.setAttribute("aria-labelledby", "es-title");
dialog.hidden = true;
let before: Element | null = null;
let shown = "";

function appear(): void {
  if (dialog.hidden) before = document.activeElement;
  dialog.hidden = false;
}

/** Show parts; what had the focus keeps it, and what shows already is left alone. */
function open(isRed: boolean, parts: readonly HTMLElement[]): void {
  const text = parts.map((each) => each.outerHTML).join();
  if (text === shown) return;
  shown = text;
  const focused = dialog.contains(document.activeElement) ? document.activeElement?.textContent : null;
  dialog.toggleAttribute("data-red", isRed);
  dialog.replaceChildren(...parts);
  const buttons = [...dialog.querySelectorAll("button")];
  if (!dialog.hidden && focused !== null) (buttons.find((each) => each.textContent === focused) ?? buttons.at(-1))?.focus();
}

function close(): void {
  dialog.hidden = true;
  (before instanceof HTMLElement ? before : button).focus();
}

function title(text: string): HTMLElement {
  const made = make("h2", "es-title", text);
  made.id = "es-title";
  made.setAttribute("role", "alert");
  return made;
}

function command(text: string, className: string, act: () => void): HTMLButtonElement {
  const made = make("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function ask(): void {
  if (running) {
    appear();
    dialog.querySelector("button")?.focus();
    return;
  }
  const spoken = words();
  shown = "";
  const names = facts.devices.map((each) => each.name);
  const now = command(spoken.now, "es-now", () => stop("site"));
  now.prepend(octagon());
  const row = make("div", "es-row");
  row.append(now, command(spoken.back, "es-plain", close));
  open(false, [title(spoken.title(facts.name)), make("p", "", spoken.about(names)), make("p", "", spoken.notMains(facts.mainSwitch)), row]);
  appear();
  now.focus();
}

dialog.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll("button")];
  const at = stops.indexOf(document.activeElement as HTMLButtonElement);
  event.preventDefault();
  stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length]?.focus();
});

// The stop ----------------------------------------------------------------------------------------------------

function stop(what: string): void {
  if (running) return ask();
  running = true;
  isOver = false;
  shown = "";
  rest();
  const spoken = words();
  const order = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, site: facts.site, what };
  let headed = "";
  const show: Show = (heading, ...parts) => {
    open(true, [title(heading), ...parts, command(spoken.close, "es-plain", close)]);
    // Whoever has closed it sees it again when something new has happened.
    if (heading === headed) return;
    headed = heading;
    if (!dialog.hidden) return;
    appear();
    dialog.querySelector("button")?.focus();
  };
  const waiting = facts.devices.map((each) => line("…", each.name, spoken.asked, "es-wait"));
  void send(
    order,
    {
      sending: (attempt) => attempt === 1 && show(spoken.sending, ...waiting),
      unheard: (attempt, isRefused) => show(spoken.noContact, make("p", "", isRefused ? spoken.refused : spoken.trying(attempt)), make("p", "es-strong", spoken.useMain(facts.mainSwitch))),
      progress: (progress) => follow(progress, show),
    },
    { fetch: fetch.bind(globalThis), wait: (ms) => new Promise((go) => setTimeout(go, ms)), ways: ways(location), channel: byChannel(location), isOver: () => isOver },
  ).finally(() => {
    running = false;
    rest();
  });
}

type Show = (heading: string, ...parts: readonly HTMLElement[]) => void;

function line(mark: string, name: string, note: string, className: string): HTMLElement {
  const made = make("div", "es-line");
  made.append(make("span", className, mark), make("b", "", name), make("small", "", note));
  return made;
}

const switchedOff = new Set<string>();

function follow(progress: Progress, show: Show): void {
  const spoken = words();
  const silent = progress.devices.filter((each) => each.confirmed_ms === null);
  const confirmed = progress.devices.length - silent.length;
  const isMissing = progress.state === "missing";
  const lines = progress.devices.map((each) =>
    each.confirmed_ms !== null ? line("✓", each.name, spoken.after(each.confirmed_ms), "es-ok") : switchedOff.has(each.id) ? line("✕", each.name, spoken.offByHand, "es-wait") : line(isMissing ? "✕" : "…", each.name, spoken.asked, isMissing ? "es-no" : "es-wait"),
  );
  const byHand = isMissing ? silent.filter((each) => !switchedOff.has(each.id)).flatMap((each) => [make("p", "", `${each.name}: ${spoken.byHand(each.place)}`), command(spoken.did(each.name), "es-plain", () => {
          switchedOff.add(each.id);
          follow(progress, show);
        })]) : [];
  const heading = isMissing ? spoken.missing(silent.map((each) => each.name).join(", ")) : progress.state === "stopped" ? spoken.allStopped(confirmed) : spoken.received(confirmed, progress.devices.length);
  show(heading, ...lines, ...byHand, make("p", "", spoken.restart));
  if (progress.state !== "received") document.documentElement.setAttribute("data-stopped", "");
}

// Its place ---------------------------------------------------------------------------------------------------

function corner(): void {
  if (!home.isConnected) {
    home.dataset.corner = "";
    document.body.append(home);
  }
}

window.enerwiseStopButton = {
  mount(slot: HTMLElement): void {
    delete home.dataset.corner;
    slot.append(home);
  },
  about(told: Facts): void {
    if (facts.isStopped && !told.isStopped) isOver = true;
    facts = told;
    try {
      localStorage.setItem(KEPT, JSON.stringify({ ...told, isStopped: false }));
    } catch {
      // Nothing can be kept here: the stop works all the same while the app is open.
    }
    rest();
  },
};

function begin(): void {
  rest();
  document.body.append(dialog);
  corner();
  // A page that changes may take the slot away; the button then returns to its corner.
  new MutationObserver(corner).observe(document.body, { childList: true, subtree: true });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
