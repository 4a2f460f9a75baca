/** The house that moves: a second picture of what ribbons and table tell. Nobody needs it to know anything. */
import { Canvas, useThree } from "@react-three/fiber";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { DirectionalLight, OrthographicCamera } from "three";

import type { LiveNode } from "../../../api/shapes";
import { useThemeMark } from "../../../charts/useThemeMark";
import { power, text } from "../../../formats/numbers";
import { useLanguage, useSay } from "../../../words";
import type { Balance } from "../flows";
import { COLOUR, nameOf } from "../PowerNow";
import { type Colours, coloursNow } from "./colours";
import { House, Thing } from "./Parts";
import { seenAt, type Spot, spotsOf, streamsOf, type View, viewOf } from "./scene";
import { Dots, Wire } from "./Wires";
import "./house.css";

interface Props {
  readonly nodes: readonly LiveNode[];
  readonly found: Balance;
  readonly onLost: () => void;
}

export default function HouseView({ nodes, found, onLost }: Props) {
  const say = useSay();
  const mark = useThemeMark();
  const colours = useMemo(coloursNow, [mark]);
  const box = useRef<HTMLDivElement>(null);
  const { width, height, isSeen } = useBox(box);
  const lost = useWhileHere(onLost);
  const spots = useMemo(() => spotsOf(nodes), [nodes]);
  const view = useMemo(() => viewOf(spots, width, height), [spots.length, width, height]); // eslint-disable-line
  return (
    <div className="house" ref={box}>
      <p className="vh">{say("house.sentence")}</p>
      <div aria-hidden="true">
        {width > 0 && (
          <Canvas orthographic flat shadows="percentage" dpr={[1, 2]} frameloop={isSeen ? "always" : "never"} camera={{ near: 0.1, far: 80 }} onCreated={({ gl }) => gl.domElement.addEventListener("webglcontextlost", lost)}>
            <Look view={view} />
            <Scene spots={spots} found={found} colours={colours} />
          </Canvas>
        )}
        {width > 0 && spots.map((spot) => <Label key={spot.node.id} spot={spot} found={found} at={seenAt(spot.label, view, width, height)} />)}
      </div>
    </div>
  );
}

/** Calls on only while this is on the page: leaving it gives the graphics back, which sounds like losing them. */
function useWhileHere(call: () => void): () => void {
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return () => {
    if (isHere.current) call();
  };
}

/** Size of the box, and whether anybody can see it: nothing moves unseen. */
function useBox(box: React.RefObject<HTMLDivElement | null>) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [isOn, setOn] = useState(true);
  const [isShown, setShown] = useState(!document.hidden);
  useLayoutEffect(() => {
    const measured = box.current;
    if (!measured) return;
    const watcher = new ResizeObserver(() => setSize({ width: measured.clientWidth, height: measured.clientHeight }));
    watcher.observe(measured);
    const seen = new IntersectionObserver(([entry]) => setOn(entry?.isIntersecting === true));
    seen.observe(measured);
    return () => {
      watcher.disconnect();
      seen.disconnect();
    };
  }, [box]);
  useEffect(() => {
    const look = () => setShown(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return { ...size, isSeen: isOn && isShown };
}

/** Turns the camera to where everything has room. */
function Look({ view }: { readonly view: View }) {
  const camera = useThree((state) => state.camera) as OrthographicCamera;
  useLayoutEffect(() => {
    camera.position.set(...view.position);
    camera.lookAt(...view.target);
    camera.zoom = view.zoom;
    camera.updateProjectionMatrix();
  }, [camera, view]);
  return null;
}

function Scene({ spots, found, colours }: { readonly spots: readonly Spot[]; readonly found: Balance; readonly colours: Colours }) {
  const streams = useMemo(() => streamsOf(found, spots), [found, spots]);
  const home = spots.find((spot) => spot.node.kind === "load")?.node;
  return (
    <>
      <ambientLight intensity={1.9} />
      <Sun />
      <mesh rotation={[-Math.PI / 2, 0, 0]} position={[0, -0.01, 0]} receiveShadow>
        <circleGeometry args={[60, 48]} />
        <shadowMaterial transparent opacity={0.16} />
      </mesh>
      <House colours={colours} isLit={(home?.power_w ?? 0) > 0} />
      {spots.map((spot) => <Thing key={spot.node.id} spot={spot} colours={colours} />)}
      {spots.map((spot) => <Wire key={spot.node.id} path={spot.wire} colour={colours["ink-3"]} />)}
      {streams.map((stream) => <Dots key={stream.key} stream={stream} colour={colours[COLOUR[stream.kind] as keyof Colours]} />)}
    </>
  );
}

function Sun() {
  const light = useRef<DirectionalLight>(null);
  useLayoutEffect(() => {
    const camera = light.current?.shadow.camera;
    if (camera) Object.assign(camera, { left: -9, right: 9, top: 9, bottom: -9 }).updateProjectionMatrix();
  }, []);
  return <directionalLight ref={light} position={[7, 11, 9]} intensity={1.5} castShadow shadow-mapSize={[1024, 1024]} shadow-normalBias={0.04} />;
}

function Label({ spot, found, at: [x, y] }: { readonly spot: Spot; readonly found: Balance; readonly at: readonly [number, number] }) {
  const say = useSay();
  const language = useLanguage();
  const { node } = spot;
  const isSource = found.sources.some((each) => each.node.id === node.id);
  const size = node.power_w === null ? null : Math.abs(node.power_w);
  return (
    <div className="house-label" style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -100%)` }}>
      <span>{size === null && node.kind === "grid" ? say("overview.grid") : nameOf(node, isSource, say)}</span>
      <b style={{ color: `var(--${COLOUR[node.kind]}-ink)` }}>{text(power(size, language))}</b>
    </div>
  );
}
