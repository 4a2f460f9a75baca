/** The page's own colours, read where styles do not reach: they follow the theme. */
const NAMES = ["bg", "card", "sunk", "hair", "rule", "ink", "ink-3", "solar", "solar-line", "battery", "grid", "home", "ev", "heat"] as const;

export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours;
}
