/** Small line icons for lanes, drawn to sit inside a chart. */
import type { ReactNode } from "react";

import type { Role } from "./paint";

const DRAWN: Readonly<Record<Role, ReactNode>> = {
  solar: (
    <>
      <circle cx="12" cy="12" r="4.2" />
      <path d="M12 2.5v2.6M12 18.9v2.6M2.5 12h2.6M18.9 12h2.6M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M18.7 5.3l-1.8 1.8M7.1 16.9l-1.8 1.8" />
    </>
  ),
  battery: (
    <>
      <rect x="2.500" y="7" width="16.500" height="10" rx="2.4" />
      <path d="M21.5 10.5v3" />
      <rect x="5" y="9.500" width="8" height="5" rx="1" fill="currentColor" stroke="none" />
    </>
  ),
  grid: <path d="M12 2.5 7.5 21.5M12 2.5l4.5 19M5 8h14M6.5 8 12 5.2 17.5 8M8.9 15.4l6.7-3.6M15.1 15.4l-6.7-3.6" />,
  home: <path d="M3.5 11.2 12 4l8.500 7.2M6 9.6V20h12V9.6M10 20v-5.500h4V20" />,
  ev: (
    <>
      <path d="M3 16.500v-3.2c0-.9.6-1.7 1.500-1.9l1.6-.4 2-3.7A2.2 2.2 0 0 1 10 6.2h4.6c.7 0 1.4.4 1.8 1l2.2 3.8 1 .3c.9.3 1.4 1 1.4 1.9v3.3M8.8 16.500h6.4M3 16.500h1.4M19.6 16.500H21" />
      <circle cx="6.6" cy="16.8" r="2" />
      <circle cx="17.4" cy="16.8" r="2" />
    </>
  ),
  heat: (
    <>
      <path d="M10 13.6V5a2 2 0 1 1 4 0v8.6a4.2 4.2 0 1 1-4 0Z" />
      <path d="M12 9v8" strokeWidth="2.6" />
    </>
  ),
};

/** A device's icon; inside a chart give it `x` and `y`. It says nothing to a screen reader: words stand beside it. */
export function RoleMark({ role, size = 18, x, y }: { readonly role: Role; readonly size?: number; readonly x?: number; readonly y?: number }) {
  return (
    <svg
      x={x}
      y={y}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ color: `var(--${role}-ink)` }}
    >
      {DRAWN[role]}
    </svg>
  );
}
