/** Wires, and the dots that run along them: their colour is the source's, their number and speed the power's. */
import { useFrame } from "@react-three/fiber";
import { useMemo, useRef } from "react";
import { CurvePath, type InstancedMesh, LineCurve3, Object3D, TubeGeometry, Vector3 } from "three";

import { along, type Point, type Stream } from "./scene";

const WIRE_M = 0.028;
const DOT_M = 0.085;

export function Wire({ path, colour }: { readonly path: readonly Point[]; readonly colour: string }) {
  const tube = useMemo(() => {
    const points = path.map((point) => new Vector3(...point));
    const curve = new CurvePath<Vector3>();
    points.slice(1).forEach((point, at) => curve.add(new LineCurve3(points[at] as Vector3, point)));
    return new TubeGeometry(curve as unknown as LineCurve3, 96, WIRE_M, 8);
  }, [path]);
  return <mesh geometry={tube}><meshBasicMaterial color={colour} /></mesh>;
}

const placer = new Object3D();

export function Dots({ stream, colour }: { readonly stream: Stream; readonly colour: string }) {
  const dots = useRef<InstancedMesh>(null);
  const walked = useRef(0);
  const { path, count, length_m: length, speed_m_s: speed } = stream;
  useFrame((_, passedS) => {
    // After a pause the dots go on where they were.
    walked.current = (walked.current + speed * Math.min(passedS, 0.1)) % length;
    for (let at = 0; at < count; at += 1) {
      placer.position.set(...along(path, (walked.current + (at * length) / count) % length));
      placer.updateMatrix();
      dots.current?.setMatrixAt(at, placer.matrix);
    }
    if (dots.current) dots.current.instanceMatrix.needsUpdate = true;
  });
  return (
    <instancedMesh key={count} ref={dots} args={[undefined, undefined, count]} frustumCulled={false}>
      <sphereGeometry args={[DOT_M, 16, 12]} />
      <meshBasicMaterial color={colour} />
    </instancedMesh>
  );
}
