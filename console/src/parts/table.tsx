// A real table; at phone width each row becomes a card whose cells name their column. The roles are written out because
// browsers forget a table's meaning when its display changes.
import type { ComponentChildren } from "preact";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ComponentChildren;
  numeric?: boolean;
  head?: boolean; // this cell names its row
  hiddenName?: boolean; // the column's name is for screen readers only
}

interface TableProperties<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  busy?: boolean;
  empty?: ComponentChildren;
}

export function Table<Row>({ caption, columns, rows, keyOf, busy, empty }: TableProperties<Row>) {
  if (rows.length === 0 && !busy) return <p class="empty">{empty ?? "There is nothing here."}</p>;
  return (
    <div class="table-frame">
      <table role="table" aria-busy={busy ? "true" : "false"}>
        <caption class="for-readers">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.name} scope="col" role="columnheader" class={column.numeric ? "numeric" : ""}>
                {column.hiddenName ? <span class="for-readers">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map((column) => (
                <Cell key={column.name} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const label = column.hiddenName ? undefined : column.name;
  if (column.head) {
    return (
      <th scope="row" role="rowheader" data-label={label}>
        <div>{column.cell(row)}</div>
      </th>
    );
  }
  return (
    <td role="cell" data-label={label} class={column.numeric ? "numeric" : ""}>
      <div>{column.cell(row)}</div>
    </td>
  );
}
