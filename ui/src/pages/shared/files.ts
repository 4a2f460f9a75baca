/** Files that leave the page. */

/** Hand a text to the browser as a file. */
export function saveText(name: string, text: string, type = "text/plain"): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A size of a file: "4.2 MB". */
export function fileSize(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, { style: "unit", unit: units[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}

/** One row of a CSV file; what a spreadsheet would run as a formula is made plain. */
export function csvRow(cells: readonly (string | number | null | undefined)[]): string {
  return cells.map((cell) => {
    const text = cell === null || cell === undefined ? "" : typeof cell === "string" && /^[=+\-@\t]/.test(cell) ? `'${cell}` : String(cell);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",");
}
