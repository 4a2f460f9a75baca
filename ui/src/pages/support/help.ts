/** A small index of answers, searched in the reader's language without asking anybody. */

export interface Topic {
  /** Part of the keys in the catalogue: `support.help.<id>.q`, `.a`, `.k`. */
  readonly id: string;
  readonly to: string;
  readonly page: "devices" | "plan" | "savings" | "safety" | "admin" | "support";
  readonly search?: Readonly<Record<string, string>>;
}

export const TOPICS: readonly Topic[] = [
  { id: "first", to: "/devices/add", page: "devices" },
  { id: "silent", to: "/devices", page: "devices" },
  { id: "why", to: "/plan", page: "plan" },
  { id: "override", to: "/devices", page: "devices" },
  { id: "stop", to: "/safety", page: "safety" },
  { id: "restart", to: "/safety", page: "safety" },
  { id: "sign", to: "/devices", page: "devices" },
  { id: "saved", to: "/savings", page: "savings" },
  { id: "prices", to: "/plan", page: "plan" },
  { id: "people", to: "/admin", page: "admin", search: { tab: "people" } },
  { id: "password", to: "/admin", page: "admin", search: { tab: "people" } },
  { id: "backup", to: "/admin", page: "admin", search: { tab: "backup" } },
  { id: "data", to: "/admin", page: "admin", search: { tab: "data" } },
];

/** Letters without their marks, in small: "Gerät" and "geraet" are found by each other. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[äöüß]/g, (letter) => ({ ä: "ae", ö: "oe", ü: "ue", ß: "ss" })[letter] ?? letter).normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
}

export interface Entry {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly words: string;
}

/** The entries that hold every word that was typed, best first: in the question, then in the key words, then in the answer. */
export function found<E extends Entry>(entries: readonly E[], typed: string): readonly E[] {
  const words = plain(typed).split(/[^a-z0-9]+/).filter((each) => each.length > 1);
  if (words.length === 0) return entries;
  const ranked = entries.flatMap((entry) => {
    const fields = [entry.question, entry.words, entry.answer].map(plain);
    const ranks = words.map((word) => fields.findIndex((field) => field.includes(word)));
    return ranks.includes(-1) ? [] : [{ entry, rank: ranks.reduce((sum, each) => sum + each, 0) }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map((each) => each.entry);
}
