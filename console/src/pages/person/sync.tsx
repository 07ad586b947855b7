// One sync: state, "sync now" with live progress, trouble and its remedy, history, rules.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { announce } from "../../parts/announcer";
import { Badge, StateBadge } from "../../parts/badge";
import { Confirm } from "../../parts/confirm";
import { Facts } from "../../parts/facts";
import { SelectField } from "../../parts/field";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table } from "../../parts/table";
import { isOver, person, type Job, type Strategy, type Sync } from "../../person-api";
import { go, href } from "../../router";
import { causes, countsText, dataTypeName, jobStatuses, strategies } from "../../words";
import { brokenConnection, loadAccountBook, sidesOf, type AccountBook } from "./account-book";
import { JobProgress } from "./job-progress";
import { JobTrouble } from "./job-trouble";
import { useLiveJob } from "./live-job";
import { SyncState } from "./syncs";

const historyPage = 100; // of all the person's jobs: the server does not filter by sync

export function SyncPage({ id }: { id: string }) {
  const loaded = useLoaded(
    async (signal) => {
      const [book, sync] = await Promise.all([loadAccountBook(signal), person.sync(id, signal)]);
      return { book, sync };
    },
    [id],
  );
  return (
    <LoadedContent of={loaded}>
      {({ book, sync }) => <Opened book={book} sync={sync} reload={loaded.reload} />}
    </LoadedContent>
  );
}

function Opened({ book, sync, reload }: { book: AccountBook; sync: Sync; reload: () => Promise<void> }) {
  const pager = usePager(sync.id);
  const history = useLoaded(
    (signal) => person.jobs({ limit: historyPage, after: pager.after }, signal),
    [sync.id, pager.after],
  );
  const jobs = history.data?.syncJobs.filter((job) => job.syncConfigId === sync.id) ?? [];
  const latest = pager.number === 1 ? jobs[0] : undefined;
  const [started, setStarted] = useState<string>();
  const running = started ?? (latest && !isOver(latest.status) ? latest.id : undefined);
  const live = useLiveJob(running, (job) => {
    announce(`${jobStatuses[job.status].text}: ${countsText(job.counts)}`, job.status === "succeeded" ? "good" : "bad");
    void history.reload();
    void reload();
  });
  const shown = live ?? latest;
  const sides = sidesOf(book, sync);
  const syncNow = async () => {
    setStarted((await person.syncNow(sync.id)).id);
  };
  const change = async (what: Partial<Sync>, said: string) => {
    await person.changeSync(sync, what);
    await reload();
    return said;
  };
  return (
    <Page
      title={`${dataTypeName(sync.dataType)}: ${sides.from} to ${sides.to}`}
      back={{ href: href("syncs"), text: "Syncs" }}
      actions={
        <>
          <ActionButton kind="primary" act={syncNow} disabled={live !== undefined && !isOver(live.status)}>
            Sync now
          </ActionButton>
          <ActionButton
            act={() => change({ paused: !sync.paused }, sync.paused ? "This sync goes on" : "This sync is paused")}
          >
            {sync.paused ? "Go on" : "Pause"}
          </ActionButton>
        </>
      }
    >
      <p class="badges">
        <SyncState sync={sync} book={book} latest={shown} />
      </p>
      {live && <JobProgress job={live} />}
      {shown && shown.status !== "succeeded" && (
        <JobTrouble job={shown} broken={brokenConnection(book, sync)} onRetry={syncNow} />
      )}
      <Facts
        facts={[
          ["Last synced", <Moment at={sync.lastSyncTime} />],
          ["Next", sync.paused ? "paused" : <Moment at={sync.nextSyncAt} absent="when new data arrive" />],
          ["Created", <Moment at={sync.createdAt} />],
        ]}
      />
      <section aria-labelledby="history">
        <h2 id="history">History</h2>
        <LoadedContent of={history}>{() => <History jobs={jobs} />}</LoadedContent>
        <PagerLine pager={pager} next={history.data?.next} of="the history" />
      </section>
      <section aria-labelledby="rules">
        <h2 id="rules">Rules</h2>
        <div class="card stack">
          <SelectField
            label="When both sides have something for the same time"
            value={sync.conflictResolutionStrategy}
            hint={strategies[sync.conflictResolutionStrategy].text}
            onChange={(value) =>
              void change({ conflictResolutionStrategy: value as Strategy }, "Saved")
                .then((said) => announce(said))
                .catch(() => announce("This could not be saved. Load the page again.", "bad"))
            }
            options={Object.entries(strategies).map(([value, { name }]) => ({
              value,
              text: name(sides.from, sides.to),
            }))}
          />
          <div class="buttons">
            <Confirm
              button="End this sync"
              title="End this sync?"
              text="Nothing travels any more. What was synced stays where it is."
              yes="End it"
              act={async () => {
                await person.deleteSync(sync.id);
                go(href("syncs"));
                return "The sync has ended";
              }}
            />
          </div>
        </div>
      </section>
    </Page>
  );
}

function History({ jobs }: { jobs: Job[] }) {
  return (
    <Table
      caption="Runs of this sync, newest first"
      rows={jobs}
      keyOf={(job) => job.id}
      empty="It has not run yet."
      columns={[
        {
          name: "When",
          head: true,
          cell: (job) => (
            <a href={href("jobs", job.id)}>
              <Moment at={job.createdAt} />
            </a>
          ),
        },
        {
          name: "Result",
          cell: (job) => (
            <>
              <StateBadge state={job.status} among={jobStatuses} />
              {job.partial && <Badge tone="warning" text="In part" />}
            </>
          ),
        },
        { name: "What travelled", cell: (job) => countsText(job.counts) },
        { name: "Because", cell: (job) => causes[job.cause ?? ""] ?? "" },
      ]}
    />
  );
}
