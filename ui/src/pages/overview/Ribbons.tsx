/** The ribbons between the cards: width is power, dots show the way, three speeds. Decoration: the cards carry the numbers. */
import { type RefObject, useLayoutEffect, useState } from "react";

import type { Balance, Flow } from "./flows";
import { COLOUR } from "./PowerNow";

const SHARE_OF_SIDE = 0.8;
const LEAST_PX = 3;
const CAP_PX = 7;
const FAST_W = 1200;
const SLOW_W = 500;

interface Ribbon {
  readonly key: string;
  readonly colour: string;
  readonly band: string;
  readonly middle: string;
  readonly thickness: number;
  readonly seconds: number;
}

interface Cap {
  readonly key: string;
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Props {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly found: Balance;
  readonly size: { readonly width: number; readonly height: number };
}

export function Ribbons({ box, found, size }: Props) {
  const [drawn, setDrawn] = useState<{ ribbons: readonly Ribbon[]; caps: readonly Cap[] }>({ ribbons: [], caps: [] });
  const shape = found.flows.map((flow) => `${flow.from}>${flow.to}:${Math.round(flow.size_w)}`).join();
  useLayoutEffect(() => {
    if (box.current && size.width > 0) setDrawn(laidOut(box.current, found));
  }, [shape, size.width, size.height, found.sources.length, found.uses.length]); // eslint-disable-line
  return (
    <svg className="ribbons" width={size.width} height={size.height} viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      {drawn.ribbons.map((each) => (
        <g key={each.key}>
          <path d={each.band} fill={`var(--${each.colour})`} fillOpacity="var(--ribbon)" stroke={`var(--${each.colour}-line)`} strokeWidth="1" />
          <path className="dots" d={each.middle} fill="none" stroke="var(--card)" strokeWidth={Math.max(2.2, Math.min(4, each.thickness / 7))} strokeLinecap="round" strokeDasharray="0.1 26" style={{ animationDuration: `${each.seconds}s` }} />
        </g>
      ))}
      {drawn.caps.map((each) => <rect key={each.key} x={each.x} y={each.y} width={each.width} height={each.height} fill={`var(--${each.colour})`} stroke={`var(--${each.colour}-line)`} />)}
    </svg>
  );
}

function laidOut(box: HTMLElement, found: Balance): { ribbons: Ribbon[]; caps: Cap[] } {
  const around = box.getBoundingClientRect();
  const isDown = getComputedStyle(box).getPropertyValue("--flow-down").trim() === "1";
  const card = (id: string) => box.querySelector(`[data-node="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  const ends = [...found.sources, ...found.uses];
  const largest = Math.max(...ends.map((each) => each.size_w), 1);
  const side = Math.min(...ends.map((each) => card(each.node.id)).filter((each) => each !== undefined).map((each) => (isDown ? each.width : each.height)), Infinity);
  const scale = (SHARE_OF_SIDE * side) / largest;
  const thick = (sizeW: number) => Math.max(LEAST_PX, sizeW * scale);
  const used = new Map<string, number>();
  const total = (id: string, key: "from" | "to") => found.flows.filter((each) => each[key] === id).reduce((sum, each) => sum + thick(each.size_w), 0);
  /** Where the next ribbon of a card begins, along its edge. */
  const place = (id: string, key: "from" | "to", thickness: number) => {
    const rect = card(id);
    if (!rect) return null;
    const before = used.get(key + id) ?? 0;
    used.set(key + id, before + thickness);
    const whole = total(id, key);
    if (isDown) return { along: rect.left - around.left + rect.width / 2 - whole / 2 + before, edge: (key === "from" ? rect.bottom : rect.top) - around.top };
    const isRtl = document.documentElement.dir === "rtl";
    const isRight = (key === "from") !== isRtl;
    return { along: rect.top - around.top + rect.height / 2 - whole / 2 + before, edge: (isRight ? rect.right : rect.left) - around.left };
  };
  const kinds = new Map(ends.map((each) => [each.node.id, COLOUR[each.node.kind]]));
  const ribbons: Ribbon[] = [];
  const caps: Cap[] = [];
  for (const flow of found.flows) {
    const thickness = thick(flow.size_w);
    const start = place(flow.from, "from", thickness);
    const end = place(flow.to, "to", thickness);
    const colour = kinds.get(flow.from) ?? "home";
    if (!start || !end) continue;
    ribbons.push(ribbon(flow, colour, thickness, start, end, isDown));
    const sign = Math.sign(end.edge - start.edge) || 1;
    for (const [key, at, way] of [["from", start, sign], ["to", end, -sign]] as const) {
      const edge = way > 0 ? at.edge : at.edge - CAP_PX;
      caps.push({ key: `${key}${flow.from}${flow.to}`, colour, x: isDown ? at.along : edge, y: isDown ? edge : at.along, width: isDown ? thickness : CAP_PX, height: isDown ? CAP_PX : thickness });
    }
  }
  return { ribbons, caps };
}

interface Place {
  readonly along: number;
  readonly edge: number;
}

function ribbon(flow: Flow, colour: string, t: number, start: Place, end: Place, isDown: boolean): Ribbon {
  const sign = Math.sign(end.edge - start.edge) || 1;
  const a = start.edge + sign * (CAP_PX + 2);
  const z = end.edge - sign * (CAP_PX + 2);
  const m = (a + z) / 2;
  const at = (edge: number, along: number) => (isDown ? `${along},${edge}` : `${edge},${along}`);
  const curve = (from: Place, to: Place, toEdge: number, by: number) => `C${at(m, from.along + by)} ${at(m, to.along + by)} ${at(toEdge, to.along + by)}`;
  const band = `M${at(a, start.along)}${curve(start, end, z, 0)}L${at(z, end.along + t)}${curve(end, start, a, t)}Z`;
  const middle = `M${at(a, start.along + t / 2)}${curve(start, end, z, t / 2)}`;
  const seconds = flow.size_w > FAST_W ? 1.1 : flow.size_w > SLOW_W ? 1.7 : 2.6;
  return { key: `${flow.from}>${flow.to}`, colour, band, middle, thickness: t, seconds };
}
