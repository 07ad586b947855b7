import { useLoaded } from "../../loading";
import { Confirm } from "../../parts/confirm";
import { Facts, Tile } from "../../parts/facts";
import { Foreign, Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { OutwardLink } from "../../parts/outward-link";
import { LoadedContent, Page } from "../../parts/page";
import { href, hrefWith } from "../../router";
import { may, staff, type Incident, type Member } from "../../staff-api";
import { categories, incidentActions, plain, providerName } from "../../words";
import { whole } from "./history-lines";
import { IncidentBadge, incidentTitle } from "./incidents";

const refreshSeconds = 15;

export function IncidentPage({ id, member }: { id: string; member: Member }) {
  const loaded = useLoaded((signal) => staff.incident(id, signal), [id], refreshSeconds);
  return (
    <LoadedContent of={loaded}>
      {(incident) => (
        <Page
          title={incidentTitle(incident)}
          back={{ href: href("incidents"), text: "Incidents" }}
          actions={
            <>
              {may(member, "support") && incident.open > 0 && (
                <Confirm
                  button="Redrive all"
                  kind="primary"
                  title={`Redrive ${whole(incident.open)} dead letters?`}
                  text="All open dead letters of this incident go back to the queue, as fast as the provider allows."
                  yes="Redrive all"
                  act={async () => {
                    const { redriven } = await staff.redriveIncident(id);
                    await loaded.reload();
                    return `${whole(redriven)} redriven`;
                  }}
                />
              )}
              <a class="button plain" href={hrefWith(href("dlq"), { incident: id })}>
                Show its dead letters
              </a>
            </>
          }
        >
          <p class="badges">
            <IncidentBadge incident={incident} />
            <span class="tag">{categories[incident.category] ?? plain(incident.category)}</span>
          </p>
          <Progress incident={incident} />
          <Guidance incident={incident} />
        </Page>
      )}
    </LoadedContent>
  );
}

function Progress({ incident }: { incident: Incident }) {
  return (
    <div class="tiles small">
      <Tile name="Open" value={whole(incident.open)} tone={incident.open ? "bad" : undefined} />
      <Tile name="Redriven" value={whole(incident.redriven)} />
      <Tile name="Resolved" value={whole(incident.resolved)} />
      <Tile name="Archived" value={whole(incident.archived)} />
    </div>
  );
}

function Guidance({ incident }: { incident: Incident }) {
  const message = incident.title ?? incident.message;
  return (
    <div class="card stack playbook">
      {message && (
        <p class="provider-answer">
          <Foreign text={message} />
        </p>
      )}
      <Facts
        facts={[
          ["What happens", incidentActions[incident.action] ?? plain(incident.action)],
          ["Playbook", incident.playbook && <Foreign text={incident.playbook} />],
          [
            "Status page",
            incident.statusPage && (
              <OutwardLink url={incident.statusPage} text={`How ${providerName(incident.provider)} is`} />
            ),
          ],
          ["Next redrive", incident.nextRedriveAt && <Moment at={incident.nextRedriveAt} />],
          [
            "Ticket",
            incident.ticket && (
              <>
                {plain(incident.ticket.state)} {incident.ticket.id && <Id text={incident.ticket.id} />}
              </>
            ),
          ],
          ["Redriven as often as allowed", incident.exhausted || undefined],
          ["Began", <Moment at={incident.openedAt} />],
          ["Last entry", <Moment at={incident.lastEntryAt} />],
          ["Resolved", incident.resolvedAt && <Moment at={incident.resolvedAt} />],
          ["Rule", incident.rule],
          ["Incident", <Id text={incident.id} />],
        ]}
      />
    </div>
  );
}
