/** The house as points: where each node stands, which way its wire goes, how dots run along it. Lengths in m; y is up. */
import type { LiveNode, NodeKind } from "../../../api/shapes";
import type { Balance } from "../flows";

export type Point = readonly [x: number, y: number, z: number];

/** Walls of the house around the origin, and how high the roof rises above them. */
export const HOUSE = { width: 4.4, depth: 3.4, wall: 2.3, roof: 1.75 } as const;
const FRONT = HOUSE.depth / 2 + 0.03;
/** Where all wires meet: the board on the front wall. */
export const BOARD: Point = [0.55, 1.15, FRONT];

export interface Spot {
  readonly node: LiveNode;
  /** The middle of its foot. */
  readonly at: Point;
  /** Where its label hangs. */
  readonly label: Point;
  /** From its plug to the board. */
  readonly wire: readonly Point[];
}

interface Slot {
  readonly at: Point;
  readonly label: Point;
  readonly wire: readonly Point[];
}

const FLOOR = 0.04;
/** Along the ground in front of the house, then up to the board. */
const onGround = (x: number, z: number): readonly Point[] => [[x, FLOOR, z], [BOARD[0], FLOOR, z], [BOARD[0], FLOOR, FRONT], BOARD];
const outside = (x: number, z: number, height: number): Slot => ({ at: [x, 0, z], label: [x, height, z], wire: onGround(x, z) });
const atWall = (z: number, plug: Point): Slot => {
  const turn = FRONT + 0.5;
  return { at: [2.58, 0, z], label: [2.58, 1.45, z], wire: [plug, [plug[0], FLOOR, turn], [BOARD[0], FLOOR, turn], [BOARD[0], FLOOR, FRONT], BOARD] };
};
const SAG_PARTS = 10;
/** A wire that hangs between two points. */
const hung = (a: Point, b: Point, sagM: number): readonly Point[] => Array.from({ length: SAG_PARTS + 1 }, (_, at) => {
  const share = at / SAG_PARTS;
  const [x, y, z] = mix(a, b, share);
  return [x, y - sagM * 4 * share * (1 - share), z];
});

const SLOTS: Readonly<Record<NodeKind, readonly Slot[]>> = {
  pv: [{ at: [0, 3.1, 1], label: [0.2, HOUSE.wall + HOUSE.roof + 0.2, 0], wire: [[BOARD[0], 2.32, FRONT + 0.1], [BOARD[0], 2.2, FRONT], BOARD] }],
  load: [{ at: [-1.25, 0, FRONT], label: [-1.1, 1.75, FRONT], wire: [[-0.75, BOARD[1], FRONT], BOARD] }],
  battery: [atWall(0.75, [2.58, FLOOR, 1.3]), atWall(-0.75, [2.9, FLOOR, -0.75])],
  grid: [{ at: [-4.6, 0, 0.2], label: [-4.6, 4.2, 0.2], wire: [...hung([-4.6, 3.8, 0.2], [-2.2, 2.15, FRONT], 0.35), [BOARD[0], 2.15, FRONT], BOARD] }],
  car: [outside(4.6, 4.1, 1.15), outside(6.2, 2.4, 1.15)],
  heat: [outside(-2.9, 3.4, 1.45), outside(-4.3, 2.2, 1.45)],
  unexplained: [outside(1.9, 4.6, 0.75)],
};
/** Whatever has no place of its own stands in a row before the house. */
const ROW_M = 1.7;
const beside = (at: number): Slot => outside(-1.3 + at * ROW_M, 5.4, 1.45);

/** A place for every node; no two share one. */
export function spotsOf(nodes: readonly LiveNode[]): readonly Spot[] {
  const taken = new Map<NodeKind, number>();
  let inRow = 0;
  return nodes.map((node) => {
    const count = taken.get(node.kind) ?? 0;
    taken.set(node.kind, count + 1);
    const slot = SLOTS[node.kind][count] ?? beside(inRow++);
    return { node, ...slot };
  });
}

export interface Stream {
  readonly key: string;
  readonly kind: NodeKind;
  readonly path: readonly Point[];
  readonly length_m: number;
  /** Dots on the way at a time. */
  readonly count: number;
  readonly speed_m_s: number;
}

const FAST_W = 1200;
const SLOW_W = 500;
const DOT_W = 350;
const DOTS_MOST = 14;

export function dotsOf(sizeW: number): { readonly count: number; readonly speed_m_s: number } {
  const count = Math.min(DOTS_MOST, Math.max(2, Math.round(sizeW / DOT_W)));
  return { count, speed_m_s: sizeW > FAST_W ? 2.2 : sizeW > SLOW_W ? 1.5 : 0.9 };
}

/** The dots that run: from each source by the board to its use, as the ribbons tell it. */
export function streamsOf(found: Balance, spots: readonly Spot[]): readonly Stream[] {
  const of = new Map(spots.map((spot) => [spot.node.id, spot]));
  return found.flows.flatMap((flow) => {
    const [from, to] = [of.get(flow.from), of.get(flow.to)];
    if (!from || !to) return [];
    const path = [...from.wire, ...[...to.wire].reverse().slice(1)];
    return [{ key: `${flow.from}>${flow.to}`, kind: from.node.kind, path, length_m: lengthOf(path), ...dotsOf(flow.size_w) }];
  });
}

function between(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
}

export function lengthOf(path: readonly Point[]): number {
  return path.reduce((sum, point, at) => sum + (at === 0 ? 0 : between(path[at - 1] as Point, point)), 0);
}

/** The point that lies so far along a path. */
export function along(path: readonly Point[], distanceM: number): Point {
  let left = distanceM;
  for (let at = 1; at < path.length; at += 1) {
    const [a, b] = [path[at - 1] as Point, path[at] as Point];
    const length = between(a, b);
    if (left <= length && length > 0) return mix(a, b, left / length);
    left -= length;
  }
  return path.at(-1) ?? [0, 0, 0];
}

function mix(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

// -- how it is looked at -----------------------------------------------------------------------------------------

/** From the front, a little from the right and from above. All lines that are level stay level: no vanishing points. */
const TOWARDS = unit([-0.42, -0.5, -0.82]);
const RIGHT = unit(cross(TOWARDS, [0, 1, 0]));
const UP = cross(RIGHT, TOWARDS);
const AWAY_M = 30;
/** Room for the words around the picture. [px] */
const MARGIN_X = 44;
const MARGIN_TOP = 52;
const MARGIN_BOTTOM = 16;

export interface View {
  readonly position: Point;
  readonly target: Point;
  /** Pixels for a metre. */
  readonly zoom: number;
}

/** A view in which everything has room. */
export function viewOf(spots: readonly Spot[], widthPx: number, heightPx: number): View {
  const { width, depth, wall, roof } = HOUSE;
  const seen: readonly Point[] = [[-width / 2, 0, depth / 2], [width / 2, 0, depth / 2], [width / 2, 0, -depth / 2], [0, wall + roof, 0], ...spots.flatMap((spot) => [spot.at, spot.label])];
  const xs = seen.map((point) => dot(point, RIGHT));
  const ys = seen.map((point) => dot(point, UP));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const zoom = Math.max(1, Math.min((widthPx - 2 * MARGIN_X) / (right - left), (heightPx - MARGIN_TOP - MARGIN_BOTTOM) / (high - low)));
  const lift = (MARGIN_TOP - MARGIN_BOTTOM) / 2 / zoom;
  const target = plus(times(RIGHT, (left + right) / 2), times(UP, (low + high) / 2 + lift));
  return { position: plus(target, times(TOWARDS, -AWAY_M)), target, zoom };
}

/** Where a point is seen, from the upper left corner. [px] */
export function seenAt(point: Point, view: View, widthPx: number, heightPx: number): readonly [x: number, y: number] {
  const from = plus(point, times(view.target, -1));
  return [widthPx / 2 + dot(from, RIGHT) * view.zoom, heightPx / 2 - dot(from, UP) * view.zoom];
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function times(a: Point, by: number): Point {
  return [a[0] * by, a[1] * by, a[2] * by];
}

function plus(a: Point, b: Point): Point {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function unit(a: Point): Point {
  return times(a, 1 / Math.sqrt(dot(a, a)));
}
