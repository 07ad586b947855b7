import { useLoaded } from "../../loading";
import { Badge } from "../../parts/badge";
import { Foreign } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table } from "../../parts/table";
import { href, hrefWith } from "../../router";
import { staff, type Incident } from "../../staff-api";
import { categories, plain, providerName } from "../../words";
import { whole } from "./history-lines";
import { Tabs } from "./tabs";

const refreshSeconds = 20;

export function IncidentsPage({ query }: { query: Record<string, string> }) {
  const state = query.state === "resolved" ? "resolved" : "open";
  const pager = usePager(state);
  const loaded = useLoaded(
    (signal) => staff.incidents(state, { after: pager.after }, signal),
    [state, pager.after],
    refreshSeconds,
  );
  return (
    <Page title="Incidents" lead="Dead letters that have the same cause are one incident.">
      <Tabs
        label="Which incidents"
        tabs={[
          { href: href("incidents"), text: "Open", current: state === "open" },
          { href: hrefWith(href("incidents"), { state: "resolved" }), text: "Resolved", current: state === "resolved" },
        ]}
      />
      <LoadedContent of={loaded}>
        {({ incidents, next }) => (
          <>
            <IncidentTable incidents={incidents} />
            <PagerLine pager={pager} next={next} of="the incidents" />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

export function IncidentBadge({ incident }: { incident: Incident }) {
  return incident.state === "open" ? <Badge tone="bad" text="Open" /> : <Badge tone="good" text="Resolved" />;
}

export function incidentTitle(incident: Incident): string {
  return `${providerName(incident.provider)}: ${plain(incident.code)}`;
}

function IncidentTable({ incidents }: { incidents: Incident[] }) {
  return (
    <Table
      caption="Incidents"
      rows={incidents}
      keyOf={(incident) => incident.id}
      empty="No incident."
      columns={[
        {
          name: "Incident",
          head: true,
          cell: (incident) => (
            <a class="entry-link" href={href("incidents", incident.id)}>
              <strong>{incidentTitle(incident)}</strong>
              <span class="entry-message">
                <Foreign text={incident.title ?? incident.message} />
              </span>
            </a>
          ),
        },
        { name: "State", cell: (incident) => <IncidentBadge incident={incident} /> },
        { name: "Category", cell: (incident) => categories[incident.category] ?? plain(incident.category) },
        { name: "Open", numeric: true, cell: (incident) => `${whole(incident.open)} of ${whole(incident.entries)}` },
        { name: "Began", cell: (incident) => <Moment at={incident.openedAt} /> },
        { name: "Last entry", cell: (incident) => <Moment at={incident.lastEntryAt} /> },
      ]}
    />
  );
}
