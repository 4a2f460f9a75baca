import { expect, test } from "vitest";

import type { LiveNode, NodeKind } from "../../../api/shapes";
import { balance } from "../flows";
import { along, BOARD, dotsOf, lengthOf, seenAt, spotsOf, streamsOf, viewOf } from "./scene";

const node = (id: string, kind: NodeKind, power_w: number | null): LiveNode => ({ id, kind, name: id, power_w, read_at: null });
const NODES = [node("grid", "grid", -400), node("roof", "pv", -3000), node("battery", "battery", 1500), node("home", "load", 600), node("car", "car", 500), node("pump", "heat", 0)];

test("every node has a place of its own, however many there are of a kind", () => {
  const many = [...NODES, ...["a", "b", "c", "d"].flatMap((id) => [node(`${id}1`, "load", 100), node(`${id}2`, "battery", 100), node(`${id}3`, "car", 1)])];
  const places = spotsOf(many).map((spot) => spot.at.join());
  expect(new Set(places).size).toBe(many.length);
});

test("a wire leads from the node to the board, and a stream from source to use by the board", () => {
  const spots = spotsOf(NODES);
  for (const spot of spots) expect(spot.wire.at(-1)).toEqual(BOARD);
  const found = balance(NODES);
  const streams = streamsOf(found, spots);
  expect(streams.map((each) => each.key).sort()).toEqual(found.flows.map((each) => `${each.from}>${each.to}`).sort());
  const filling = streams.find((each) => each.key === "roof>battery");
  expect(filling?.kind).toBe("pv");
  expect(filling?.path[0]).toEqual(spots[1]?.wire[0]);
  expect(filling?.path.at(-1)).toEqual(spots[2]?.wire[0]);
  expect(filling?.path.filter((point) => point === BOARD)).toHaveLength(1);
});

test("what does not flow has no dots, and more power has more and faster ones", () => {
  expect(streamsOf(balance([node("grid", "grid", 10), node("home", "load", 10)]), spotsOf(NODES))).toEqual([]);
  const grown = [50, 600, 1500, 4000, 50_000].map(dotsOf);
  for (let at = 1; at < grown.length; at += 1) {
    expect(grown[at]?.count).toBeGreaterThanOrEqual(grown[at - 1]?.count ?? 0);
    expect(grown[at]?.speed_m_s).toBeGreaterThanOrEqual(grown[at - 1]?.speed_m_s ?? 0);
  }
  expect(grown[0]?.count).toBeLessThan(grown[3]?.count ?? 0);
  expect(grown[4]?.count).toBeLessThanOrEqual(14);
});

test("a dot walks along the whole path", () => {
  const path = [[0, 0, 0], [3, 0, 0], [3, 4, 0]] as const;
  expect(lengthOf(path)).toBe(7);
  expect(along(path, 0)).toEqual([0, 0, 0]);
  expect(along(path, 5)).toEqual([3, 2, 0]);
  expect(along(path, 99)).toEqual([3, 4, 0]);
});

test.each([[340, 300], [760, 332], [1200, 400]])("all of it is seen at %d by %d", (width, height) => {
  const spots = spotsOf(NODES);
  const view = viewOf(spots, width, height);
  for (const spot of spots) {
    const [x, y] = seenAt(spot.label, view, width, height);
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(width);
    expect(y).toBeGreaterThan(30);
    expect(y).toBeLessThan(height);
  }
});
