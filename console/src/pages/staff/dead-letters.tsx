// The dead letters, newest first, cut into pages by the server however many there are.
import { useLoaded } from "../../loading";
import { StateBadge } from "../../parts/badge";
import { Confirm } from "../../parts/confirm";
import { Facts } from "../../parts/facts";
import { Foreign, Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table } from "../../parts/table";
import { href } from "../../router";
import { may, staff, type Entry, type EntryFilter, type Member } from "../../staff-api";
import { categories, contactStates, dataTypeName, entryStates, plain, providerName } from "../../words";
import { FilterForm, filterOf } from "./filter-form";

const pageSize = 50;

export function DeadLettersPage({ query, member }: { query: Record<string, string>; member: Member }) {
  const filter = filterOf(query);
  const about = JSON.stringify(filter);
  const pager = usePager(about);
  const loaded = useLoaded(
    (signal) => staff.entries(filter, { limit: pageSize, after: pager.after }, signal),
    [about, pager.after],
  );
  return (
    <Page
      title="Dead letters"
      lead="Jobs that were given up. Nothing in them is a health value."
      actions={may(member, "support") && <RedriveAll filter={filter} reload={loaded.reload} />}
    >
      <FilterForm filter={filter} />
      <LoadedContent of={loaded}>
        {({ deadLetters, next }) => (
          <>
            <EntryTable entries={deadLetters} busy={loaded.loading} />
            <PagerLine pager={pager} next={next} of="the dead letters" />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function EntryTable({ entries, busy }: { entries: Entry[]; busy: boolean }) {
  return (
    <Table
      caption="Dead letters, newest first"
      rows={entries}
      keyOf={(entry) => entry.id}
      busy={busy}
      empty="No dead letter fits."
      columns={[
        {
          name: "What failed",
          head: true,
          cell: (entry) => (
            <a class="entry-link" href={href("dlq", entry.id)}>
              <strong>
                {providerName(entry.provider)}: {plain(entry.code)}
              </strong>
              <span class="entry-message">
                <Foreign text={entry.message} />
              </span>
            </a>
          ),
        },
        { name: "State", cell: (entry) => <StateBadge state={entry.state} among={entryStates} /> },
        { name: "Category", cell: (entry) => categories[entry.category] ?? plain(entry.category) },
        { name: "Data", cell: (entry) => (entry.dataType ? dataTypeName(entry.dataType) : "") },
        { name: "Died", cell: (entry) => <Moment at={entry.diedAt} /> },
        {
          name: "Contact",
          cell: (entry) => entry.contact && <StateBadge state={entry.contact.state} among={contactStates} />,
        },
      ]}
    />
  );
}

function RedriveAll({ filter, reload }: { filter: EntryFilter; reload: () => Promise<void> }) {
  const { provider, category, code, incident } = filter;
  const fitting = Object.entries({ provider, category, code, incident }).filter(([, value]) => value);
  return (
    <Confirm
      button="Redrive all that fit"
      kind="plain"
      title="Redrive all that fit?"
      yes="Redrive"
      text={
        <>
          <p>
            {fitting.length
              ? "Every open dead letter with these properties goes back to the queue:"
              : "Every open dead letter goes back to the queue, of all providers. Filter by provider, category, code or incident to redrive fewer."}
          </p>
          <Facts facts={fitting.map(([name, value]) => [plain(name), <Id text={value} />])} />
        </>
      }
      act={async () => {
        const { redriven } = await staff.redriveAll(Object.fromEntries(fitting));
        await reload();
        return `${redriven} redriven`;
      }}
    />
  );
}
