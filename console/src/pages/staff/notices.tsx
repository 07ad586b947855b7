// What the world outside is told, and what of it has not arrived.
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { StateBadge } from "../../parts/badge";
import { Foreign } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table, type Column } from "../../parts/table";
import { href, hrefWith } from "../../router";
import { may, staff, type Member, type Notice } from "../../staff-api";
import { channels, deliveryStates, plain } from "../../words";
import { Tabs } from "./tabs";

const states = ["undelivered", "queued", "sent"] as const;

export function NoticesPage({ query, member }: { query: Record<string, string>; member: Member }) {
  const state = states.find((each) => each === query.state) ?? "undelivered";
  const pager = usePager(state);
  const loaded = useLoaded((signal) => staff.notices(state, { after: pager.after }, signal), [state, pager.after]);
  const columns: Column<Notice>[] = [
    { name: "Notice", head: true, cell: (notice) => <Foreign text={notice.subject} /> },
    { name: "Channel", cell: (notice) => channels[notice.channel] ?? plain(notice.channel) },
    { name: "State", cell: (notice) => <StateBadge state={notice.state} among={deliveryStates} /> },
    { name: "Attempts", numeric: true, cell: (notice) => notice.attempts },
    { name: "Last error", cell: (notice) => notice.lastError && <Foreign text={notice.lastError} /> },
    { name: "Changed", cell: (notice) => <Moment at={notice.updatedAt} /> },
  ];
  if (may(member, "support") && state === "undelivered") {
    columns.push({
      name: "Action",
      hiddenName: true,
      cell: (notice) => (
        <ActionButton
          label={`Tell again: ${notice.subject}`}
          act={async () => {
            await staff.retryNotice(notice.id);
            await loaded.reload();
            return "It is told once more";
          }}
        >
          Tell again
        </ActionButton>
      ),
    });
  }
  return (
    <Page title="Notices" lead="Alarms, tickets and mails on their way out.">
      <Tabs
        label="Which notices"
        tabs={states.map((each) => ({
          href: hrefWith(href("notices"), { state: each }),
          text: deliveryStates[each]?.text ?? each,
          current: each === state,
        }))}
      />
      <LoadedContent of={loaded}>
        {({ notices, next }) => (
          <>
            <Table
              caption="Notices"
              rows={notices}
              keyOf={(notice) => notice.id}
              columns={columns}
              empty={state === "undelivered" ? "Everything has arrived." : "No notice."}
            />
            <PagerLine pager={pager} next={next} of="the notices" />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}
