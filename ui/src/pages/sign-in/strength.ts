/** How hard a password is to guess, in five words. The server has the last word; this helps while typing. */

export const LENGTH_MIN = 12;
export type Strength = 0 | 1 | 2 | 3 | 4;

export interface Judged {
  readonly is: Strength;
  /** Key of what would help, in the catalogue of sign-in; empty where nothing is left to say. */
  readonly hint: "short" | "same" | "row" | "known" | "common" | "longer" | "";
  readonly missing: number;
}

const COMMON = ["password", "passwort", "123456", "qwert", "enerwise", "willkommen", "welcome", "letmein", "admin", "sommer", "summer"];
const ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm"];
const ROW_LENGTH = 4;

/** Judge a password; `known` is what others know of its owner. */
export function judge(password: string, known: readonly string[] = []): Judged {
  const missing = Math.max(0, LENGTH_MIN - [...password].length);
  const lower = password.toLowerCase();
  const told = (is: Strength, hint: Judged["hint"]): Judged => ({ is, hint, missing });
  if (missing > 0) return told(0, "short");
  if (new Set(lower).size < 5) return told(1, "same");
  const names = known.flatMap((each) => each.toLowerCase().split(/[^\p{L}\d]+/u)).filter((each) => each.length > 3);
  const left = names.reduce((text, name) => text.replaceAll(name, ""), lower);
  if (left.length < LENGTH_MIN - 2 && left !== lower) return told(1, "known");
  const plain = COMMON.reduce((text, word) => text.replaceAll(word, ""), left);
  if (plain.length < 8 && plain !== left) return told(1, "common");
  if (withoutRows(plain).length < 8) return told(1, "row");
  const size = withoutRows(plain).length;
  if (size < 14) return told(2, "longer");
  return size < 20 ? told(3, "") : told(4, "");
}

/** A text without rows of the keyboard or the alphabet, either way. */
function withoutRows(text: string): string {
  let left = text;
  for (const row of [...ROWS, ...ROWS.map((each) => [...each].reverse().join(""))]) {
    for (let length = row.length; length >= ROW_LENGTH; length -= 1) {
      for (let k = 0; k + length <= row.length; k += 1) left = left.replaceAll(row.slice(k, k + length), "");
    }
  }
  return left;
}
