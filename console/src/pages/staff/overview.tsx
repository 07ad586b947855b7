// The desk at a glance: what burns, what waits, who has to hear of it.
import { useLoaded } from "../../loading";
import { StateBadge } from "../../parts/badge";
import { Chart } from "../../parts/chart";
import { Tile } from "../../parts/facts";
import { Foreign } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { href, hrefWith } from "../../router";
import { staff, type Alarm, type Overview } from "../../staff-api";
import { duration } from "../../time";
import { channels, deliveryStates, plain, severities } from "../../words";
import { linesOf, whole } from "./history-lines";

const refreshSeconds = 10;
const oldAgeSeconds = 300;

export function OverviewPage() {
  const overview = useLoaded(staff.overview, ["overview"], refreshSeconds);
  const history = useLoaded(staff.history, ["history"], refreshSeconds);
  return (
    <Page title="Overview">
      <LoadedContent of={overview}>
        {(data) => (
          <>
            <Alarms alarms={data.alarms} />
            <Tiles overview={data} />
          </>
        )}
      </LoadedContent>
      <LoadedContent of={history}>
        {(data) => (
          <section class="charts" aria-label="The last hour">
            <Chart
              title="Waiting jobs"
              lines={linesOf(data, { queueVisible: "waiting" })}
              format={whole}
              grid="whole"
            />
            <Chart
              title="Dead letters"
              lines={linesOf(data, { deadLetters: "dead letters" })}
              format={whole}
              grid="whole"
            />
          </section>
        )}
      </LoadedContent>
    </Page>
  );
}

function Alarms({ alarms }: { alarms: Alarm[] }) {
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">Alarms</h2>
      {alarms.length === 0 ? (
        <p class="empty">No alarm. All is well.</p>
      ) : (
        <ul class="alarms">
          {alarms.map((alarm) => (
            <li key={alarm.key} class="card alarm">
              <StateBadge state={alarm.severity} among={severities} />
              <div>
                <p class="alarm-summary">
                  {alarm.consolePath?.startsWith("#/") ? (
                    <a href={alarm.consolePath}>
                      <Foreign text={alarm.summary} />
                    </a>
                  ) : (
                    <Foreign text={alarm.summary} />
                  )}
                </p>
                <p class="faint">
                  Began <Moment at={alarm.since} />
                  {alarm.playbook && (
                    <>
                      . Playbook: <Foreign text={alarm.playbook} />
                    </>
                  )}
                </p>
                {alarm.channels.length > 0 && (
                  <p class="badges">
                    {alarm.channels.map((each) => (
                      <span key={each.channel} class="channel">
                        {channels[each.channel] ?? plain(each.channel)}{" "}
                        <StateBadge state={each.state} among={deliveryStates} />
                      </span>
                    ))}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

// People are counted so far, by stage; there may be more of them.
const mostCounted = 10_000;
const counted = (people: number) => (people < mostCounted ? whole(people) : `${whole(mostCounted)}+`);

function Tiles({ overview }: { overview: Overview }) {
  const { queue, contactsDue } = overview;
  const dueSoon = contactsDue.half + contactsDue.late;
  return (
    <section aria-labelledby="now">
      <h2 id="now">Now</h2>
      <div class="tiles">
        <Tile
          name="Open dead letters"
          value={whole(overview.openEntries)}
          tone={overview.openEntries ? "bad" : undefined}
          hint={`${whole(overview.redrivenEntries)} redriven, on their way`}
          href={hrefWith(href("dlq"), { state: "open" })}
        />
        <Tile
          name="Open incidents"
          value={whole(overview.openIncidents)}
          tone={overview.openIncidents ? "warning" : undefined}
          href={href("incidents")}
        />
        <Tile
          name="People to be told"
          value={contactsDue.overdue ? `${counted(contactsDue.overdue)} overdue` : `${counted(dueSoon)} soon`}
          tone={contactsDue.overdue ? "bad" : contactsDue.late ? "warning" : undefined}
          hint={`${counted(contactsDue.late)} late, ${counted(contactsDue.half)} at half time, ${counted(contactsDue.running)} in time`}
          href={href("contacts")}
        />
        <Tile
          name="Waiting jobs"
          value={whole(queue.visible)}
          hint={`${whole(queue.inFlight)} running, ${whole(queue.delayed)} put off`}
          href={href("operations")}
        />
        <Tile
          name="Oldest waits"
          value={duration(queue.oldestAgeSeconds)}
          tone={queue.oldestAgeSeconds > oldAgeSeconds ? "warning" : undefined}
          hint={`${whole(queue.dead)} dead in the queue`}
          href={href("operations")}
        />
        <Tile
          name="Notices not delivered"
          value={whole(overview.undelivered)}
          tone={overview.undelivered ? "bad" : undefined}
          href={hrefWith(href("notices"), { state: "undelivered" })}
        />
      </div>
    </section>
  );
}
