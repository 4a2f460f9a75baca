import { expect, test } from "vitest";

import { qrOf } from "./qr";

test("a code has its three corners and a size that the standard knows", () => {
  const { size, path } = qrOf("otpauth://totp/Enerwise:mia@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Enerwise");
  expect((size - 17) % 4).toBe(0);
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h/g)].map(([, x, y]) => `${x},${y}`));
  for (const [x, y] of [[0, 0], [size - 7, 0], [0, size - 7]] as const) {
    for (let k = 0; k < 7; k += 1) expect(dark.has(`${x + k},${y}`) && dark.has(`${x},${y + k}`)).toBe(true);
    expect(dark.has(`${x + 1},${y + 1}`)).toBe(false);
  }
});
