/** A table on a desktop; on a phone each row becomes a small card with its labels. Roles are kept for both. */
import type { ReactNode } from "react";

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly isNumber?: boolean;
  /** Names the row for those who hear it. */
  readonly isHead?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Short rows: on a phone, name and number stand on one line. */
  readonly isTight?: boolean;
}

export function Table<Row>({ caption, columns, rows, keyOf, isTight = false }: Props<Row>) {
  return (
    <div className="table-box">
      <table className={isTight ? "data-table stacks is-tight" : "data-table stacks"} role="table">
        <caption className="vh">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((each) => (
              <th key={each.key} role="columnheader" scope="col" className={each.isNumber ? "num" : undefined}>{each.label}</th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map((each) => each.isHead
                ? <th key={each.key} role="rowheader" scope="row" data-label={each.label}><div className="cell">{each.cell(row)}</div></th>
                : <td key={each.key} role="cell" data-label={each.label} className={each.isNumber ? "num" : undefined}><div className="cell">{each.cell(row)}</div></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
