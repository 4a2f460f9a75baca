/** One row per device: strong and soft blocks, a quiet line where it waits, and the longest words that fit. */
import { clipped, type Frame, type Place } from "./frame";
import { kindMark, placeBlocks, type PlacedBlock } from "./lanes";
import { RoleMark } from "./marks";
import { fill, ink, line, onFill, type Role, roleOf } from "./paint";
import type { ModelLane, PlanModel } from "./planModel";

interface Props {
  readonly model: PlanModel;
  readonly frame: Frame;
  readonly place: Place;
  readonly selectedId: string | null;
  readonly onOpen?: ((id: string) => void) | undefined;
  readonly id: string;
}

export function LanesPanel({ model, frame, place, selectedId, onOpen, id }: Props) {
  const row = place.height / Math.max(1, model.lanes.length);
  const roles = model.lanes.map((lane) => roleOf(lane.kind));
  return model.lanes.map((lane, k) => (
    <LaneRow
      key={lane.asset}
      lane={lane}
      role={roles[k] ?? "home"}
      mark={kindMark(roles, k)}
      model={model}
      frame={frame}
      place={{ y: place.y + k * row, height: row }}
      selectedId={selectedId}
      onOpen={onOpen}
      id={id}
    />
  ));
}

interface RowProps extends Props {
  readonly lane: ModelLane;
  readonly role: Role;
  readonly mark: "plain" | "dots" | "stripes";
}

function LaneRow({ lane, role, mark, model, frame, place, selectedId, onOpen, id }: RowProps) {
  const middle = place.y + place.height / 2;
  const placed = placeBlocks(lane.blocks, model.fromMs, model.toMs, frame.x, model.nowMs);
  return (
    <g>
      <RoleMark role={role} x={frame.isNarrow ? 4 : 0} y={middle - 9} />
      {!frame.isNarrow && (
        <text x={24} y={middle + 4.5} className="c-label">
          {clipped(lane.name, frame.left - 30, 13)}
          <title>{lane.name}</title>
        </text>
      )}
      <line x1={frame.left} x2={frame.right} y1={middle} y2={middle} className="c-grid" />
      {placed.map((block) => (
        <LaneBlockMark key={block.id} block={block} role={role} mark={mark} place={place} isSelected={block.id === selectedId} onOpen={onOpen} id={id} />
      ))}
    </g>
  );
}

interface BlockProps {
  readonly block: PlacedBlock;
  readonly role: Role;
  readonly mark: "plain" | "dots" | "stripes";
  readonly place: Place;
  readonly isSelected: boolean;
  readonly onOpen?: ((id: string) => void) | undefined;
  readonly id: string;
}

function LaneBlockMark({ block, role, mark, place, isSelected, onOpen, id }: BlockProps) {
  const middle = place.y + place.height / 2;
  const box = { x: block.x, y: place.y + 4, width: block.width, height: place.height - 8 };
  return (
    <g data-block={block.id}>
      {block.level === "quiet" ? <Quiet block={block} middle={middle} /> : <Solid block={block} role={role} mark={mark} box={box} middle={middle} isSelected={isSelected} id={id} />}
      {isSelected && <rect x={box.x - 3} y={box.y - 3} width={box.width + 6} height={box.height + 6} rx={9} fill="none" className="c-now" strokeWidth={2.2} style={{ strokeWidth: 2.2 }} />}
      {onOpen && <rect {...box} className="c-hit" onClick={() => onOpen(block.id)} />}
    </g>
  );
}

function Quiet({ block, middle }: { readonly block: PlacedBlock; readonly middle: number }) {
  const center = block.x + block.width / 2;
  return (
    <>
      <rect x={block.x} y={middle - 2} width={block.width} height={4} rx={2} style={{ fill: "var(--rule)" }} />
      {block.words && (
        <>
          <rect x={center - block.wordsWidthPx / 2 - 5} y={middle - 9} width={block.wordsWidthPx + 10} height={18} style={{ fill: "var(--card)" }} />
          <text x={center} y={middle + 4.5} textAnchor="middle" className="c-sub">{block.words}</text>
        </>
      )}
    </>
  );
}

interface SolidProps {
  readonly block: PlacedBlock;
  readonly role: Role;
  readonly mark: "plain" | "dots" | "stripes";
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly middle: number;
  readonly isSelected: boolean;
  readonly id: string;
}

function Solid({ block, role, mark, box, middle, isSelected, id }: SolidProps) {
  const isStrong = block.level === "strong";
  return (
    <>
      <rect {...box} rx={6} style={{ fill: "var(--card)" }} />
      <rect {...box} rx={6} className="c-block" data-level={block.level} style={{ fill: fill(role), stroke: line(role) }} fillOpacity={isStrong ? 1 : 0.16} strokeWidth={isSelected ? 0 : 1.2} />
      {mark !== "plain" && <rect {...box} rx={6} fill={`url(#${id}-${mark})`} fillOpacity={0.55} />}
      {block.words && (
        <text x={block.x + block.width / 2} y={middle + 4.5} textAnchor="middle" className={mark === "plain" ? "c-words" : "c-words c-words-marked"} data-level={block.level} style={{ fill: isStrong ? onFill(role) : ink(role) }}>
          {block.words}
        </text>
      )}
    </>
  );
}
