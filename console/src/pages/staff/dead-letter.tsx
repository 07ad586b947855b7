// One dead letter: what happened, what it means, what to do; and the buttons that do it.
import { useEffect, useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { announce } from "../../parts/announcer";
import { StateBadge } from "../../parts/badge";
import { Confirm } from "../../parts/confirm";
import { Facts } from "../../parts/facts";
import { Foreign, Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { OutwardLink } from "../../parts/outward-link";
import { LoadedContent, Page } from "../../parts/page";
import { go, href, hrefWith } from "../../router";
import { may, staff, type Member, type OpenedEntry } from "../../staff-api";
import { categories, contactStates, dataTypeName, entryStates, plain, providerName } from "../../words";
import { MessageSection } from "./message";
import { NoteForm, Timeline } from "./timeline";
import { knownPurpose, PurposeForm, rememberPurpose } from "./purpose";

const back = { href: href("dlq"), text: "Dead letters" };

export function DeadLetterPage({ id, member }: { id: string; member: Member }) {
  const [purpose, setPurpose] = useState(knownPurpose(id));
  if (purpose) return <Opened id={id} purpose={purpose} member={member} />;
  return (
    <div class="narrow">
      <Page title="Open a dead letter" back={back} lead={<Id text={id} />}>
        <PurposeForm
          button="Open"
          onPurpose={(given) => {
            rememberPurpose(id, given);
            setPurpose(given);
          }}
        />
      </Page>
    </div>
  );
}

function Opened({ id, purpose, member }: { id: string; purpose: string; member: Member }) {
  const loaded = useLoaded((signal) => staff.open(id, purpose, signal), [id, purpose]);
  return (
    <LoadedContent of={loaded}>
      {(entry) => (
        <Page
          title={`${providerName(entry.provider)}: ${plain(entry.code)}`}
          back={back}
          actions={<Actions entry={entry} member={member} reload={loaded.reload} />}
        >
          <p class="badges">
            <StateBadge state={entry.state} among={entryStates} />
            <span class="tag">{categories[entry.category] ?? plain(entry.category)}</span>
            {entry.contact && <StateBadge state={entry.contact.state} among={contactStates} />}
          </p>
          {entry.state === "redriven" && entry.jobId && <OnItsWay jobId={entry.jobId} ended={loaded.reload} />}
          <Meaning entry={entry} />
          <section aria-labelledby="timeline">
            <h2 id="timeline">What happened</h2>
            <Timeline steps={entry.timeline} />
            {may(member, "support") && (
              <NoteForm
                onNote={async (text) => {
                  await staff.annotate(id, text);
                  await loaded.reload();
                }}
              />
            )}
          </section>
          {may(member, "support") && <MessageSection entry={entry} reload={loaded.reload} />}
          <Details entry={entry} />
        </Page>
      )}
    </LoadedContent>
  );
}

const lookAgainSeconds = 3;

// Looks in the list, which says nothing of a person, until the redriven job has come through or died again.
function OnItsWay({ jobId, ended }: { jobId: string; ended: () => Promise<void> }) {
  const { data } = useLoaded(
    (signal) => staff.entries({ job: jobId }, { limit: 1 }, signal),
    [jobId],
    lookAgainSeconds,
  );
  const state = data?.deadLetters[0]?.state ?? "redriven";
  useEffect(() => {
    if (state === "redriven") return;
    const through = state === "resolved";
    announce(through ? "The job has come through" : "The job has failed again", through ? "good" : "bad");
    void ended();
  }, [state]);
  return <p class="faint">The job is on its way; this page will show how it ends.</p>;
}

function Meaning({ entry }: { entry: OpenedEntry }) {
  return (
    <div class="card stack playbook">
      <p class="provider-answer">
        {entry.httpStatus !== undefined && <span class="tag">HTTP {entry.httpStatus}</span>}
        <Foreign text={entry.message} />
      </p>
      <Facts
        facts={[
          ["It means", entry.meaning && <Foreign text={entry.meaning} />],
          ["What to do", entry.advice && <Foreign text={entry.advice} />],
          ["Playbook", entry.playbook && <Foreign text={entry.playbook} />],
          [
            "Status page",
            entry.statusPage && <OutwardLink url={entry.statusPage} text={`How ${providerName(entry.provider)} is`} />,
          ],
        ]}
      />
    </div>
  );
}

interface ActionsProperties {
  entry: OpenedEntry;
  member: Member;
  reload: () => Promise<void>;
}

function Actions({ entry, member, reload }: ActionsProperties) {
  const closed = entry.state === "archived" || entry.state === "resolved";
  return (
    <>
      {may(member, "support") && entry.state === "open" && (
        <ActionButton
          kind="primary"
          act={async () => {
            await staff.redrive(entry.id);
            await reload();
            return "Redriven: the job is on its way again";
          }}
        >
          Redrive
        </ActionButton>
      )}
      {may(member, "support") && !closed && (
        <ActionButton
          act={async () => {
            await staff.archive(entry.id);
            await reload();
            return "Archived";
          }}
        >
          Archive
        </ActionButton>
      )}
      {may(member, "admin") && (
        <Confirm
          button="Purge"
          title="Purge this dead letter?"
          text="It is deleted for good; only the audit trail remembers it."
          yes="Purge for good"
          typed={{ what: "its id", value: entry.id }}
          act={async () => {
            await staff.purge(entry.id);
            go(href("dlq"));
            return "Purged";
          }}
        />
      )}
    </>
  );
}

function Details({ entry }: { entry: OpenedEntry }) {
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <Facts
        facts={[
          ["First failed", <Moment at={entry.firstFailedAt} />],
          ["Died", <Moment at={entry.diedAt} />],
          ["Tell the person by", entry.contact?.dueAt && <Moment at={entry.contact.dueAt} />],
          ["Attempts", `${entry.attempts}, redriven ${entry.redrives} times`],
          ["Rule", entry.rule],
          ["Data", entry.dataType && dataTypeName(entry.dataType)],
          ["Incident", entry.incidentId && <a href={href("incidents", entry.incidentId)}>{entry.incidentId}</a>],
          ["Person", entry.userId && <a href={hrefWith(href("dlq"), { user: entry.userId })}>{entry.userId}</a>],
          ["Job", entry.jobId && <Id text={entry.jobId} />],
          ["Sync", entry.syncConfigId && <Id text={entry.syncConfigId} />],
          ["Source", entry.sourceConnectionId && <Id text={entry.sourceConnectionId} />],
          ["Destination", entry.destinationConnectionId && <Id text={entry.destinationConnectionId} />],
          ["Correlation", entry.correlationId && <Id text={entry.correlationId} />],
          ["Entry", <Id text={entry.id} />],
        ]}
      />
    </section>
  );
}
