// One run of a sync: what came of it, and each decision with its reason.
import { useLoaded } from "../../loading";
import { Badge, StateBadge } from "../../parts/badge";
import { Facts } from "../../parts/facts";
import { Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { isOver, person, type Job } from "../../person-api";
import { go, href } from "../../router";
import { absoluteTime } from "../../time";
import { causes, countsText, dataTypeName, jobStatuses } from "../../words";
import { brokenConnection, loadAccountBook, sidesOf, type Sides } from "./account-book";
import { DecisionList } from "./decision-list";
import { JobProgress } from "./job-progress";
import { JobTrouble } from "./job-trouble";
import { useLiveJob } from "./live-job";

async function loadJob(id: string, signal: AbortSignal) {
  const [job, book, syncs] = await Promise.all([person.job(id, signal), loadAccountBook(signal), person.syncs(signal)]);
  return { job, book, sync: syncs.find((each) => each.id === job.syncConfigId) };
}

export function JobPage({ id }: { id: string }) {
  const loaded = useLoaded((signal) => loadJob(id, signal), [id]);
  const running = loaded.data && !isOver(loaded.data.job.status) ? id : undefined;
  const live = useLiveJob(running, () => void loaded.reload());
  return (
    <LoadedContent of={loaded}>
      {({ job, book, sync }) => {
        const sides = sync ? sidesOf(book, sync) : { from: "the source", to: "the destination" };
        const shown = live ?? job;
        return (
          <Page
            title={`${dataTypeName(job.dataType)}: ${jobStatuses[shown.status].text.toLowerCase()}`}
            back={{ href: href("syncs", job.syncConfigId), text: sync ? `${sides.from} to ${sides.to}` : "Sync" }}
            lead={
              <>
                <Moment at={job.createdAt} />
                {job.cause && `, because ${causes[job.cause] ?? job.cause}`}
              </>
            }
          >
            {live && <JobProgress job={live} />}
            {shown.status !== "succeeded" && (
              <JobTrouble
                job={shown}
                broken={sync && brokenConnection(book, sync)}
                onRetry={async () => go(href("jobs", (await person.syncNow(job.syncConfigId)).id))}
              />
            )}
            <Outcome job={shown} />
            {isOver(shown.status) && <Decisions job={shown} sides={sides} />}
          </Page>
        );
      }}
    </LoadedContent>
  );
}

function Outcome({ job }: { job: Job }) {
  const window =
    job.windowFrom && `${absoluteTime(job.windowFrom)} to ${absoluteTime(job.windowUntil ?? job.createdAt)}`;
  return (
    <>
      <p class="badges">
        <StateBadge state={job.status} among={jobStatuses} />
        {job.partial && <Badge tone="warning" text="In part: the source was damaged, what was sound travelled" />}
      </p>
      <Facts
        facts={[
          ["What travelled", countsText(job.counts)],
          ["Looked at", `${job.counts.read} records, ${job.counts.unchanged} unchanged`],
          ["In conflict", job.counts.conflicts || undefined],
          ["Time range", window],
          ["Failed attempts", job.attempts || undefined],
          ["Reference", <Id text={job.correlationId} />],
        ]}
      />
    </>
  );
}

function Decisions({ job, sides }: { job: Job; sides: Sides }) {
  const pager = usePager(job.id);
  const loaded = useLoaded((signal) => person.decisions(job.id, { after: pager.after }, signal), [job.id, pager.after]);
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">Decisions</h2>
      <LoadedContent of={loaded}>
        {({ decisions, truncated, next }) => (
          <>
            <DecisionList decisions={decisions} sides={sides} truncated={truncated && !next} />
            <PagerLine pager={pager} next={next} of="the decisions" />
          </>
        )}
      </LoadedContent>
    </section>
  );
}
