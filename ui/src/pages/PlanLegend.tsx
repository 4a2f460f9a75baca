/** What the colours and patterns of the power panel mean. */
import { fill, line, SOURCE_ROLE } from "../charts/paint";
import { ABOVE, BELOW } from "../charts/stack";
import { useChartWords } from "../charts/words";

export function PlanLegend({ hasPast }: { readonly hasPast: boolean }) {
  const words = useChartWords();
  return (
    <div className="chart-legend">
      {[...ABOVE, ...BELOW].map((key) => {
        const role = SOURCE_ROLE[key];
        return (
          <span key={key}>
            <i className={BELOW.includes(key) ? "is-below" : undefined} style={{ backgroundColor: fill(role), borderColor: line(role) }} />
            {words.source[key]}
          </span>
        );
      })}
      {hasPast && (
        <span>
          <i className="is-line" />
          {words.planned}
        </span>
      )}
    </div>
  );
}
