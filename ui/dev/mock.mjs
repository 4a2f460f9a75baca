/**
 * A server with made-up answers, to see the page before or without a real one: `npm run mock`, then `npm run dev`.
 *
 * It also serves the built page with the rules of the real server for scripts and styles, on its port and the next.
 * `/__mock?live=old&plan=failed` sets what is played; `/__mock` alone says what can be.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

import { answer } from "./mockAnswers.mjs";
import { liveOf, START_MS } from "./mockLive.mjs";

const PORT = Number(process.argv[2] ?? 8600);
const PAGE = process.env.ENERWISE_PAGE ?? fileURLToPath(new URL("../../src/enerwise/serve/page", import.meta.url));
const fixture = async (name) => (await runnerImport(fileURLToPath(new URL(`../src/charts/fixtures/${name}.ts`, import.meta.url)))).module;
const { planDay } = await fixture("planDay");
const { savingsMonth } = await fixture("savingsMonth");

const CHOICES = { live: "ok late old lost stopped error first part gap silent boot sells", plan: "ok failed unpublished none error loading", stop: "ok missing silent refused", role: "owner operator viewer out new", devices: "ok none silent", totp: "no yes", demo: "no yes" };
const state = { live: "ok", plan: "ok", stop: "ok", role: "owner", demo: "no", zone: "Europe/Berlin", notices: "ok", devices: "ok", totp: "no" };
let began = Date.now();
const world = { state, planDay, savingsMonth, leases: [], mode: { mode: "automatic", in_force: "follow_plan", reason: "", until: null, who: "" }, seen: new Set(), stops: new Map(), nowMs: () => START_MS + Date.now() - began };

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json" };

function json(response, body, status = 200) {
  response.writeHead(status, { "Content-Type": status >= 400 ? "application/problem+json" : "application/json", "X-Request-Id": "mock-1", ...(status === 429 && { "Retry-After": "42" }) });
  response.end(JSON.stringify(body));
}

function page(response, path) {
  const wanted = join(PAGE, normalize(decodeURIComponent(path)));
  const isFile = wanted.startsWith(PAGE) && existsSync(wanted) && statSync(wanted).isFile();
  const file = isFile ? wanted : join(PAGE, "index.html");
  if (!existsSync(file)) return json(response, { title: "no page built", status: 404, detail: "run npm run build" }, 404);
  const policy = `default-src 'self'; connect-src 'self' http://localhost:${PORT + 1} http://127.0.0.1:${PORT + 1}; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'`;
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": policy, "Cache-Control": "no-cache" });
  createReadStream(file).pipe(response);
}

function events(request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  let seq = 1;
  const send = (event, data) => response.write(`id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send("snapshot", { ...liveOf(world), seq });
  const timers = [
    setInterval(() => {
      if (state.live === "lost") return request.socket.destroy();
      seq += 1;
      const { at, nodes, leases, mode, state: now, notices, devices } = liveOf(world);
      send("delta", { seq, at, nodes, leases, mode, state: now, notices, devices });
    }, 2000),
    setInterval(() => send("heartbeat", {}), 5000),
  ];
  request.on("close", () => timers.forEach(clearInterval));
}

/** The stop's own door: devices confirm one after the other. */
function stop(request, response, body) {
  const allowed = { "Access-Control-Allow-Origin": request.headers.origin ?? "*", "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Headers": "content-type", "Access-Control-Allow-Methods": "POST, GET" };
  for (const [name, value] of Object.entries(allowed)) response.setHeader(name, value);
  if (request.method === "OPTIONS") return response.writeHead(204).end();
  if (state.stop === "silent") return request.socket.destroy();
  if (state.stop === "refused") return json(response, { title: "no token", status: 401, detail: "" }, 401);
  if (request.method === "POST") {
    const order = JSON.parse(body);
    if (!world.stops.has(order.id)) world.stops.set(order.id, Date.now());
    return json(response, { id: order.id, received_at: new Date(world.nowMs()).toISOString() }, 202);
  }
  const id = request.url.split("/").at(-1);
  const sinceMs = Date.now() - (world.stops.get(id) ?? Date.now());
  const devices = [["battery", "Battery", 600], ["charger", "Car charger", 900], ["inverter", "Solar inverter", 1300], ["heat", "Heat pump", state.stop === "missing" ? Infinity : 1900]];
  const told = devices.map(([device, name, afterMs]) => ({ id: device, name, confirmed_ms: sinceMs >= afterMs ? afterMs : null, state: sinceMs >= afterMs ? "safe" : "asked", place: device === "heat" ? "fuse 7 in the cellar board" : "" }));
  const all = told.every((each) => each.confirmed_ms !== null);
  if (all || sinceMs > 5000) state.live = "stopped";
  json(response, { id, state: all ? "stopped" : sinceMs > 5000 ? "missing" : "stopping", devices: told, main_switch: "cellar, left of the door" });
}

async function take(request, response) {
  const url = new URL(request.url, "http://mock");
  let body = "";
  for await (const chunk of request) body += chunk;
  if (url.pathname === "/__mock") {
    for (const [key, value] of url.searchParams) state[key] = value;
    if (url.searchParams.size > 0) {
      began = Date.now();
      world.leases.length = 0;
      world.seen.clear();
    }
    return json(response, { state, choices: CHOICES });
  }
  if (url.pathname === "/stop" || url.pathname.startsWith("/stop/")) return stop(request, response, body);
  if (state.live === "lost" && url.pathname.startsWith("/api/")) return request.socket.destroy();
  if (url.pathname.endsWith("/events")) return events(request, response);
  if (url.pathname.startsWith("/api/v1")) return answer(world, { method: request.method, path: url.pathname.slice(7), search: url.searchParams, body }, (found, status, waitMs = 0) => setTimeout(() => json(response, found, status), waitMs));
  page(response, url.pathname);
}

for (const port of [PORT, PORT + 1]) createServer((request, response) => void take(request, response).catch((error) => json(response, { title: "mock", status: 500, detail: String(error) }, 500))).listen(port, "127.0.0.1", () => console.log(`mock at http://127.0.0.1:${port}`));
