/** What stands around: house, roof, panels, battery, car, boiler, pole. Simple bodies in the colours of their energy. */
import { useMemo } from "react";
import { ExtrudeGeometry, Shape } from "three";

import type { Colours } from "./colours";
import { BOARD, HOUSE, type Point, type Spot } from "./scene";

type Size = [width: number, height: number, depth: number];

interface BlockProps {
  readonly at: Point;
  readonly size: Size;
  readonly colour: string;
  readonly turn?: Point;
}

export function Block({ at, size, colour, turn = [0, 0, 0] }: BlockProps) {
  return (
    <mesh position={[...at]} rotation={[...turn]} castShadow receiveShadow>
      <boxGeometry args={size} />
      <meshLambertMaterial color={colour} />
    </mesh>
  );
}

interface RoundProps {
  readonly at: Point;
  readonly radius: number;
  readonly height: number;
  readonly colour: string;
  readonly turn?: Point;
}

function Round({ at, radius, height, colour, turn = [0, 0, 0] }: RoundProps) {
  return (
    <mesh position={[...at]} rotation={[...turn]} castShadow receiveShadow>
      <cylinderGeometry args={[radius, radius, height, 32]} />
      <meshLambertMaterial color={colour} />
    </mesh>
  );
}

const EAVES = 0.28;
const TILT = Math.atan2(HOUSE.roof, HOUSE.depth / 2);
const SLOPE = Math.hypot(HOUSE.roof, HOUSE.depth / 2);

export function House({ colours, isLit }: { readonly colours: Colours; readonly isLit: boolean }) {
  const { width, depth, wall, roof } = HOUSE;
  const gable = useMemo(() => {
    const shape = new Shape();
    shape.moveTo(-depth / 2, 0);
    shape.lineTo(depth / 2, 0);
    shape.lineTo(depth / 2, wall);
    shape.lineTo(0, wall + roof);
    shape.lineTo(-depth / 2, wall);
    return new ExtrudeGeometry(shape, { depth: width, bevelEnabled: false });
  }, [depth, roof, wall, width]);
  const glass = isLit ? colours.solar : colours.rule;
  const front = depth / 2;
  return (
    <group>
      <mesh geometry={gable} rotation={[0, Math.PI / 2, 0]} position={[-width / 2, 0, 0]} castShadow receiveShadow>
        <meshLambertMaterial color={colours.hair} />
      </mesh>
      {[1, -1].map((side) => (
        <Block key={side} at={[0, wall + roof / 2 + 0.05 - EAVES * Math.sin(TILT) / 2, side * (depth / 4 + EAVES * Math.cos(TILT) / 2)]} size={[width + 2 * EAVES, 0.1, SLOPE + EAVES]} turn={[side * TILT, 0, 0]} colour={colours["ink-3"]} />
      ))}
      <Block at={[-1.25, 1.25, front]} size={[0.95, 0.8, 0.05]} colour={glass} />
      <Block at={[-1.25, 1.25, front + 0.02]} size={[0.05, 0.8, 0.05]} colour={colours.card} />
      <Block at={[1.5, 0.85, front]} size={[0.75, 1.7, 0.06]} colour={colours.rule} />
      <Block at={[BOARD[0], BOARD[1], front]} size={[0.28, 0.38, 0.08]} colour={colours.ink} />
    </group>
  );
}

const PANELS = [-1.32, -0.44, 0.44, 1.32];

export function Panels({ colours, isGiving }: { readonly colours: Colours; readonly isGiving: boolean }) {
  const { wall, roof, depth } = HOUSE;
  return (
    <group position={[0, wall + roof / 2 + 0.16, depth / 4 + 0.06]} rotation={[TILT, 0, 0]}>
      {PANELS.flatMap((x) => [-0.5, 0.5].map((z) => (
        <group key={`${x}${z}`} position={[x, 0, z]}>
          <Block at={[0, 0, 0]} size={[0.82, 0.05, 0.92]} colour={colours["solar-line"]} />
          <Block at={[0, 0.03, 0]} size={[0.74, 0.03, 0.84]} colour={isGiving ? colours.solar : colours["ink-3"]} />
        </group>
      )))}
    </group>
  );
}

export function Thing({ spot, colours }: { readonly spot: Spot; readonly colours: Colours }) {
  const { node, at: [x, , z] } = spot;
  switch (node.kind) {
    case "battery": return <Cell x={x} z={z} soc={node.soc_ratio ?? null} colours={colours} />;
    case "car": return <Car x={x} z={z} colours={colours} />;
    case "grid": return <Pole x={x} z={z} colours={colours} />;
    case "heat": return <Boiler x={x} z={z} colour={colours.heat} foot={colours.rule} />;
    case "pv": return <Panels colours={colours} isGiving={(node.power_w ?? 0) < 0} />;
    case "load": return spot.at[2] > HOUSE.depth ? <Boiler x={x} z={z} colour={colours.home} foot={colours.rule} /> : null;
    default: return <Block at={[x, 0.3, z]} size={[0.6, 0.6, 0.6]} colour={colours.home} />;
  }
}

interface Placed {
  readonly x: number;
  readonly z: number;
  readonly colours: Colours;
}

/** As full as it is told to be. */
function Cell({ x, z, soc, colours }: Placed & { readonly soc: number | null }) {
  const full = 1.2 * Math.min(1, Math.max(0, soc ?? 0));
  return (
    <group position={[x, 0, z]}>
      <Block at={[0, 0.68, 0]} size={[0.42, 1.36, 0.9]} colour={colours.rule} />
      {full > 0 && <Block at={[0.03, 0.08 + full / 2, 0.03]} size={[0.44, full, 0.9]} colour={colours.battery} />}
    </group>
  );
}

function Car({ x, z, colours }: Placed) {
  return (
    <group position={[x, 0, z]} rotation={[0, 0.25, 0]}>
      <Block at={[0, 0.48, 0]} size={[2.1, 0.45, 0.95]} colour={colours.ev} />
      <Block at={[-0.08, 0.86, 0]} size={[1.15, 0.38, 0.84]} colour={colours.ev} />
      <Block at={[-0.08, 0.88, 0.01]} size={[0.98, 0.26, 0.86]} colour={colours.ink} />
      {[-0.65, 0.65].flatMap((along) => [-0.45, 0.45].map((side) => <Round key={`${along}${side}`} at={[along, 0.26, side]} radius={0.26} height={0.14} turn={[Math.PI / 2, 0, 0]} colour={colours.ink} />))}
    </group>
  );
}

function Boiler({ x, z, colour, foot }: { readonly x: number; readonly z: number; readonly colour: string; readonly foot: string }) {
  return (
    <group position={[x, 0, z]}>
      <Round at={[0, 0.05, 0]} radius={0.48} height={0.1} colour={foot} />
      <Round at={[0, 0.7, 0]} radius={0.4} height={1.2} colour={colour} />
    </group>
  );
}

function Pole({ x, z, colours }: Placed) {
  return (
    <group position={[x, 0, z]}>
      <Round at={[0, 2.05, 0]} radius={0.09} height={4.1} colour={colours.grid} />
      <Block at={[0, 3.8, 0]} size={[0.12, 0.12, 1.6]} colour={colours.grid} />
      <Block at={[0, 3.35, 0]} size={[0.1, 0.1, 1.1]} colour={colours.grid} />
      {[-0.7, 0, 0.7].map((side) => <Round key={side} at={[0, 3.94, side]} radius={0.06} height={0.18} colour={colours.rule} />)}
    </group>
  );
}
