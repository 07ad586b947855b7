import { Foreign } from "../../parts/foreign-text";
import { Table } from "../../parts/table";
import type { Decision } from "../../person-api";
import { decisionText, plain } from "../../words";
import type { Sides } from "./account-book";

interface DecisionListProperties {
  decisions: Decision[];
  sides: Sides;
  truncated: boolean;
  busy?: boolean;
}

const actionNames: Record<Decision["action"], string> = {
  create: "Add",
  update: "Update",
  delete: "Remove",
  skip: "Keep",
};

export function DecisionList({ decisions, sides, truncated, busy = false }: DecisionListProperties) {
  return (
    <>
      <Table
        caption="Decisions"
        rows={decisions.map((decision, i) => ({ ...decision, number: i }))}
        keyOf={(row) => `${row.number}`}
        busy={busy}
        empty="Nothing had to be decided: everything was in step already."
        columns={[
          { name: "Decision", cell: (row) => <span class="tag">{actionNames[row.action] ?? plain(row.action)}</span> },
          { name: "Why", cell: (row) => decisionText(row, sides.from, sides.to) },
          { name: "Record", head: true, cell: (row) => <Foreign text={row.recordId} /> },
        ]}
      />
      {truncated && <p class="faint">There were more; only the first are kept.</p>}
    </>
  );
}
