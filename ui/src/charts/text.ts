/** How wide words are, near enough to choose among them before anything is drawn. */

const NARROW = new Set("iljtfrI.,:;'|!()[] ·-".split(""));
const WIDE = new Set("mwMWQOGDHNUÄÖÜ%€@—".split(""));

/** Width of words in Inter at a size. [px], a little on the wide side */
export function textWidthPx(words: string, sizePx: number): number {
  let ems = 0;
  for (const letter of words) ems += NARROW.has(letter) ? 0.34 : WIDE.has(letter) ? 0.86 : letter >= "A" && letter <= "Z" ? 0.7 : 0.59;
  return ems * sizePx;
}

/** The first of several wordings, longest first, that fits; empty where none does. */
export function fitting(wordings: readonly string[], roomPx: number, sizePx: number): string {
  return wordings.find((words) => textWidthPx(words, sizePx) <= roomPx) ?? "";
}

/** Words on one line where they fit, else broken after their commas. */
export function wrapped(words: string, roomPx: number, sizePx: number): string[] {
  return textWidthPx(words, sizePx) <= roomPx ? [words] : words.split(/(?<=,) /);
}
