/** Device lanes: what each device does when, as blocks with the longest words that fit. */
import { fitting, textWidthPx } from "./text";

export type Level = "strong" | "soft" | "quiet";

/** What a lane needs to know of a block. */
export interface LaneBlock {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly level: Level;
  readonly words: readonly string[];
}

/** A block on screen. `words` is empty where nothing fits. */
export interface PlacedBlock {
  readonly id: string;
  readonly level: Level;
  readonly x: number;
  readonly width: number;
  readonly words: string;
  readonly wordsWidthPx: number;
  readonly isPast: boolean;
}

const GAP_PX = 1.2;
const WORDS_PX = 12;
const PADDING_PX: Readonly<Record<Level, number>> = { strong: 8, soft: 8, quiet: 20 };

/** Place the blocks of one lane inside [fromMs, toMs). */
export function placeBlocks(
  blocks: readonly LaneBlock[],
  fromMs: number,
  toMs: number,
  x: (atMs: number) => number,
  nowMs: number,
): PlacedBlock[] {
  return blocks.flatMap((block) => {
    const startMs = Math.max(block.startMs, fromMs);
    const endMs = Math.min(block.endMs, toMs);
    if (endMs <= startMs) return [];
    const width = Math.max(1, x(endMs) - x(startMs) - 2 * GAP_PX);
    const words = fitting(block.words, width - PADDING_PX[block.level], WORDS_PX);
    return [{ id: block.id, level: block.level, x: x(startMs) + GAP_PX, width, words, wordsWidthPx: textWidthPx(words, WORDS_PX), isPast: block.endMs <= nowMs }];
  });
}

/** The block under a place, or the one that covers an instant in a lane. */
export function blockAt<B extends { readonly startMs: number; readonly endMs: number }>(blocks: readonly B[], atMs: number): B | null {
  return blocks.find((block) => block.startMs <= atMs && atMs < block.endMs) ?? null;
}

/** Mark for the n-th device of one kind: plain, then dots, then stripes. */
export function kindMark(kinds: readonly string[], lane: number): "plain" | "dots" | "stripes" {
  const before = kinds.slice(0, lane).filter((kind) => kind === kinds[lane]).length;
  return before === 0 ? "plain" : before === 1 ? "dots" : "stripes";
}
