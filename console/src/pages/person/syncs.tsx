// Every sync: its state, its last result, its next time.
import { useLoaded } from "../../loading";
import { Badge, StateBadge } from "../../parts/badge";
import { Icon } from "../../parts/icon";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { isOver, person, type Job, type Sync, type User } from "../../person-api";
import { href } from "../../router";
import { countsText, dataTypeName, jobStatuses } from "../../words";
import { brokenConnection, loadAccountBook, sidesOf, type AccountBook } from "./account-book";

const refreshSeconds = 15;
const latestJobs = 100;

async function loadSyncs(signal: AbortSignal) {
  const [book, syncs, jobs, user] = await Promise.all([
    loadAccountBook(signal),
    person.syncs(signal),
    person.jobs({ limit: latestJobs }, signal),
    person.me(signal),
  ]);
  return { book, syncs, jobs: jobs.syncJobs, user };
}

export function SyncsPage() {
  const loaded = useLoaded(loadSyncs, [], refreshSeconds);
  return (
    <Page
      title="Syncs"
      actions={
        <a class="button primary" href={href("syncs", "new")}>
          New sync
        </a>
      }
    >
      <LoadedContent of={loaded}>
        {({ book, syncs, jobs, user }) => (
          <>
            {user.paused && (
              <div class="notice warning">
                <Icon drawing="warning" />
                <p>
                  Everything is paused. <a href={href("settings")}>Go on in the settings</a>.
                </p>
              </div>
            )}
            {syncs.length === 0 ? (
              <FirstSteps book={book} />
            ) : (
              <ul class="cards wide">
                {syncs.map((sync) => (
                  <SyncCard
                    key={sync.id}
                    sync={sync}
                    book={book}
                    user={user}
                    latest={jobs.find((job) => job.syncConfigId === sync.id)}
                  />
                ))}
              </ul>
            )}
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function FirstSteps({ book }: { book: AccountBook }) {
  const enough = book.connections.length >= 2;
  return (
    <div class="card first-steps">
      <h2>Two steps to your first sync</h2>
      <ol>
        <li>
          <a href={href("accounts")}>Connect two accounts</a>
          {enough && " – done"}
        </li>
        <li>
          <a href={href("syncs", "new")}>Choose what travels</a>, and look at a preview before anything is written
        </li>
      </ol>
    </div>
  );
}

interface SyncCardProperties {
  sync: Sync;
  book: AccountBook;
  user: User;
  latest: Job | undefined;
}

export function SyncState({ sync, book, latest }: Omit<SyncCardProperties, "user">) {
  if (brokenConnection(book, sync)) return <Badge tone="bad" text="Needs you to reconnect" />;
  if (latest && !isOver(latest.status)) return <StateBadge state={latest.status} among={jobStatuses} />;
  if (sync.paused) return <Badge tone="quiet" text="Paused" />;
  if (latest && latest.status !== "succeeded") return <StateBadge state={latest.status} among={jobStatuses} />;
  return <Badge tone="good" text="In step" />;
}

function SyncCard({ sync, book, user, latest }: SyncCardProperties) {
  const { from, to } = sidesOf(book, sync);
  return (
    <li class="card sync-card">
      <h2>
        <a href={href("syncs", sync.id)}>
          {dataTypeName(sync.dataType)}
          <span class="sides">
            {from} <Icon drawing="arrow" />
            <span class="for-readers">to</span> {to}
          </span>
        </a>
      </h2>
      <SyncState sync={sync} book={book} latest={latest} />
      <dl class="facts">
        <div>
          <dt>Last result</dt>
          <dd>
            {latest
              ? latest.status === "succeeded"
                ? countsText(latest.counts)
                : jobStatuses[latest.status].text
              : "none yet"}
          </dd>
        </div>
        <div>
          <dt>Last synced</dt>
          <dd>
            <Moment at={sync.lastSyncTime} />
          </dd>
        </div>
        <div>
          <dt>Next</dt>
          <dd>
            {sync.paused || user.paused ? (
              "paused"
            ) : brokenConnection(book, sync) ? (
              "after you reconnect"
            ) : (
              <Moment at={sync.nextSyncAt} absent="when new data arrive" />
            )}
          </dd>
        </div>
      </dl>
    </li>
  );
}
