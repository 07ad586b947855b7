// For operators: throughput, latency percentiles, queue age, from the server's own metrics.
import { useLoaded } from "../../loading";
import { Chart } from "../../parts/chart";
import { LoadedContent, Page } from "../../parts/page";
import { staff } from "../../staff-api";
import { duration } from "../../time";
import { compact, linesOf, milliseconds, perSecond } from "./history-lines";

const refreshSeconds = 10;

export function OperationsPage() {
  const loaded = useLoaded(staff.history, [], refreshSeconds);
  return (
    <Page title="Operations" lead="The last hour, as this server has measured it. /metrics has everything.">
      <LoadedContent of={loaded}>
        {(history) => (
          <div class="charts">
            <Chart
              title="Throughput"
              lines={linesOf(history, { jobsSucceeded: "succeeded", jobsFailed: "failed" })}
              format={perSecond}
            />
            <Chart
              title="Job latency"
              lines={linesOf(history, { jobP50: "p50", jobP95: "p95", jobP99: "p99" })}
              format={milliseconds}
            />
            <Chart
              title="Oldest waiting job"
              lines={linesOf(history, { queueOldestAge: "age" })}
              format={duration}
              grid="seconds"
            />
            <Chart
              title="Waiting jobs"
              lines={linesOf(history, { queueVisible: "waiting" })}
              format={compact}
              grid="whole"
            />
            <Chart
              title="API latency, 95th percentile"
              lines={linesOf(history, { apiP95: "p95" })}
              format={milliseconds}
            />
            <Chart
              title="Dead letters"
              lines={linesOf(history, { deadLetters: "dead letters" })}
              format={compact}
              grid="whole"
            />
          </div>
        )}
      </LoadedContent>
    </Page>
  );
}
