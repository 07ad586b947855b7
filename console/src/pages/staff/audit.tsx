// Who did what, when and what for; and whether somebody has tampered with it.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { Foreign, Id } from "../../parts/foreign-text";
import { Icon } from "../../parts/icon";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table } from "../../parts/table";
import { staff, type Verdict } from "../../staff-api";

export function AuditPage() {
  const pager = usePager("audit");
  const loaded = useLoaded((signal) => staff.audit({ after: pager.after }, signal), [pager.after]);
  const [verdict, setVerdict] = useState<Verdict>();
  return (
    <Page
      title="Audit trail"
      lead="Each line seals the one before it."
      actions={
        <ActionButton kind="primary" act={async () => setVerdict(await staff.verifyAudit())}>
          Verify the chain
        </ActionButton>
      }
    >
      {verdict && <VerdictNotice verdict={verdict} />}
      <LoadedContent of={loaded}>
        {({ audit, next }) => (
          <>
            <Table
              caption="Audit trail, newest first"
              rows={audit}
              keyOf={(entry) => `${entry.sequence}`}
              columns={[
                { name: "Number", numeric: true, cell: (entry) => entry.sequence },
                { name: "When", cell: (entry) => <Moment at={entry.at} /> },
                {
                  name: "Who",
                  head: true,
                  cell: (entry) => (
                    <>
                      <Foreign text={entry.who} /> <span class="tag">{entry.role}</span>
                    </>
                  ),
                },
                { name: "Did", cell: (entry) => <code>{entry.action}</code> },
                { name: "To", cell: (entry) => entry.target && <Id text={entry.target} /> },
                {
                  name: "What for",
                  cell: (entry) => (
                    <>
                      <Foreign text={entry.purpose} />
                      {entry.detail && (
                        <span class="entry-message">
                          <Foreign text={entry.detail} />
                        </span>
                      )}
                    </>
                  ),
                },
              ]}
            />
            <PagerLine pager={pager} next={next} of="the audit trail" />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function VerdictNotice({ verdict }: { verdict: Verdict }) {
  return (
    <div class={`notice ${verdict.intact ? "good" : "bad"}`} role="status">
      <Icon drawing={verdict.intact ? "good" : "bad"} />
      <div>
        <p>
          {verdict.intact
            ? `The chain of ${verdict.entries} entries is intact.`
            : `The chain is broken at entry ${verdict.brokenAt ?? "?"} of ${verdict.entries}.`}
        </p>
        {verdict.reason && (
          <p>
            <Foreign text={verdict.reason} />
          </p>
        )}
        {verdict.head && (
          <p>
            Its head: <Id text={verdict.head} />
          </p>
        )}
      </div>
    </div>
  );
}
