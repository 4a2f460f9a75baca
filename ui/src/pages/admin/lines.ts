/** Lines of the audit as text: to search in, to show, to take away. */
import { plain } from "../support/help";
import { csvRow } from "../shared/files";
import type { AuditLine } from "./shapes";

/** What a line tells besides who, when and about whom, as `name: value`. */
export function details(payload: Readonly<Record<string, unknown>>): string {
  return Object.entries(payload).filter(([, value]) => value !== null && value !== "" && value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`).join(", ");
}

/** The moment of a line; one that names no zone is UTC, as every time of the server is. */
export const atOf = (line: Pick<AuditLine, "at">): string => (/(?:Z|[+-]\d\d:\d\d)$/.test(line.at) ? line.at : `${line.at}Z`);

export const who = (line: AuditLine): string => line.who_name || line.who;
export const subject = (line: AuditLine): string => line.subject_name || line.subject;

/** The lines that hold every word that was typed. */
export function matching(lines: readonly AuditLine[], typed: string): readonly AuditLine[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return lines;
  return lines.filter((line) => {
    const text = plain([line.at, line.kind, subject(line), who(line), details(line.payload)].join(" "));
    return words.every((word) => text.includes(word));
  });
}

export function linesCsv(lines: readonly AuditLine[]): string {
  const head = csvRow(["seq", "at", "who", "kind", "subject", "details"]);
  return [head, ...lines.map((line) => csvRow([line.seq, atOf(line), who(line), line.kind, subject(line), details(line.payload)]))].join("\r\n");
}
