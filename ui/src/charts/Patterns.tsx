/** Patterns that tell direction and devices apart without colour. */

/** Hatching, dots and stripes for one drawing; ids start with `id`, so that drawings do not share them. */
export function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-hatch`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" className="chart-cut" strokeWidth="2.6" />
      </pattern>
      <pattern id={`${id}-dots`} width="7" height="7" patternUnits="userSpaceOnUse">
        <circle cx="2" cy="2" r="1.1" className="chart-dot" />
        <circle cx="5.500" cy="5.500" r="1.1" className="chart-dot" />
      </pattern>
      <pattern id={`${id}-stripes`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(90)">
        <line x1="0" y1="0" x2="0" y2="7" className="chart-cut" strokeWidth="1.6" />
      </pattern>
      <pattern id={`${id}-gap`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="5" className="chart-unknown" strokeWidth="1.4" />
      </pattern>
    </defs>
  );
}
