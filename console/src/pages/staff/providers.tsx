// How the providers are: errors, latency, breaker, what is left of the rate budget.
import { useLoaded } from "../../loading";
import { Badge, StateBadge } from "../../parts/badge";
import { Chart } from "../../parts/chart";
import { Facts } from "../../parts/facts";
import { LoadedContent, Page } from "../../parts/page";
import { href, hrefWith } from "../../router";
import { staff, type History, type ProviderHealth } from "../../staff-api";
import { breakers, plain } from "../../words";
import { linesOf, milliseconds, perSecond, whole } from "./history-lines";

const refreshSeconds = 10;
const percent = new Intl.NumberFormat("en", { style: "percent", maximumSignificantDigits: 2 });

async function loadHealth(signal: AbortSignal) {
  const [providers, history] = await Promise.all([staff.providers(signal), staff.history(signal)]);
  return { providers, history };
}

export function ProvidersPage() {
  const loaded = useLoaded(loadHealth, [], refreshSeconds);
  return (
    <Page title="Providers">
      <LoadedContent of={loaded}>
        {({ providers, history }) => (
          <>
            {providers.map((provider) => (
              <ProviderSection key={provider.key} provider={provider} history={history} />
            ))}
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function ProviderSection({ provider, history }: { provider: ProviderHealth; history: History }) {
  const { key, calls, errors, latencyP50Ms, latencyP95Ms } = provider;
  const failed = linesOf(history, { [`providerErrors/${key}`]: "errors" });
  const slow = linesOf(history, { [`providerP95/${key}`]: "p95" });
  return (
    <section class="card stack" aria-labelledby={`provider-${key}`}>
      <h2 id={`provider-${key}`}>{provider.name}</h2>
      <p class="badges">
        <StateBadge state={provider.breaker} among={breakers} />
        {provider.mode !== "normal" && <Badge tone="warning" text={plain(provider.mode)} />}
        {provider.openIncidents > 0 && (
          <a href={href("incidents")}>
            {provider.openIncidents} open {provider.openIncidents === 1 ? "incident" : "incidents"}
          </a>
        )}
      </p>
      <Facts
        facts={[
          [
            "Error rate",
            calls ? `${percent.format(errors / calls)} (${whole(errors)} of ${whole(calls)} calls)` : "no calls",
          ],
          ["Latency, median", latencyP50Ms === undefined ? undefined : milliseconds(latencyP50Ms)],
          ["Latency, 95th percentile", latencyP95Ms === undefined ? undefined : milliseconds(latencyP95Ms)],
          ["Dead letters", <a href={hrefWith(href("dlq"), { provider: key, state: "open" })}>Show the open ones</a>],
        ]}
      />
      {provider.rateBudget && provider.rateBudget.length > 0 && <RateBudget budget={provider.rateBudget} />}
      {(failed.length > 0 || slow.length > 0) && (
        <div class="charts">
          <Chart title={`${provider.name}: errors`} lines={failed} format={perSecond} height={150} />
          <Chart title={`${provider.name}: latency, 95th percentile`} lines={slow} format={milliseconds} height={150} />
        </div>
      )}
    </section>
  );
}

function RateBudget({ budget }: { budget: NonNullable<ProviderHealth["rateBudget"]> }) {
  return (
    <ul class="budget">
      {budget.map(({ scope, window, used, limit }) => (
        <li key={`${scope} ${window}`}>
          <span>
            {plain(scope)}, per {window}
          </span>
          <meter
            min={0}
            max={limit}
            low={limit * 0.7}
            high={limit * 0.9}
            optimum={0}
            value={used}
            aria-label={`Rate budget of ${scope} per ${window}`}
          />
          <span>
            {whole(used)} of {whole(limit)} used
          </span>
        </li>
      ))}
    </ul>
  );
}
