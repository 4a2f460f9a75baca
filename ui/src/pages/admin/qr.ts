/** A QR code as one path of squares, so that it stays sharp at any size and needs no picture. */
import { encode } from "uqr";

export interface Qr {
  /** Squares along a side. */
  readonly size: number;
  readonly path: string;
}

export function qrOf(text: string): Qr {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  let path = "";
  data.forEach((row, y) => row.forEach((isDark, x) => {
    if (isDark) path += `M${x} ${y}h1v1h-1z`;
  }));
  return { size, path };
}
