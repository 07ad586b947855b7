// Connect, reconnect and disconnect accounts; here the provider's redirect arrives too.
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../api";
import { beginAuthorization, finishAuthorization, type Returned } from "../../authorization";
import { asProblem, useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { announce } from "../../parts/announcer";
import { Badge } from "../../parts/badge";
import { Confirm } from "../../parts/confirm";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page, ProblemNotice } from "../../parts/page";
import { OutwardLink } from "../../parts/outward-link";
import { person, type Connection, type Provider } from "../../person-api";
import { dataTypeName, providerName } from "../../words";
import { accountName, loadAccountBook, type AccountBook } from "./account-book";

let finishing: Promise<Connection> | undefined; // a code is good once, whatever the page does meanwhile

function useFinishedAuthorization(returned: Returned | undefined, onDone: () => void) {
  const [problem, setProblem] = useState<Problem>();
  const [running, setRunning] = useState(false);
  useEffect(() => {
    if (!returned || finishing) return;
    setRunning(true);
    finishing = finishAuthorization(returned);
    finishing
      .then((connection) => announce(`${providerName(connection.provider)} is connected`))
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => {
        setRunning(false);
        onDone();
      });
  }, [returned]);
  return { problem, running };
}

export function AccountsPage({ returned }: { returned: Returned | undefined }) {
  const book = useLoaded(loadAccountBook, []);
  const finished = useFinishedAuthorization(returned, () => void book.reload());
  return (
    <Page
      title="Accounts"
      lead="Where your health data are. Passwords stay with the provider; we only get a permission."
    >
      {finished.running && (
        <p class="notice busy" role="status">
          Connecting the account …
        </p>
      )}
      {finished.problem && <ProblemNotice problem={finished.problem} />}
      <LoadedContent of={book}>
        {(loaded) => (
          <>
            <section aria-labelledby="connected">
              <h2 id="connected">Connected</h2>
              <Connected book={loaded} reload={book.reload} />
            </section>
            <section aria-labelledby="connectable">
              <h2 id="connectable">Connect an account</h2>
              <ul class="cards">
                {loaded.providers
                  .filter((provider) => provider.kind === "cloud")
                  .map((provider) => (
                    <ProviderCard key={provider.key} provider={provider} />
                  ))}
              </ul>
              <FileProviders providers={loaded.providers.filter((provider) => provider.kind === "file")} />
            </section>
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function Connected({ book, reload }: { book: AccountBook; reload: () => Promise<void> }) {
  if (book.connections.length === 0) return <p class="empty">No account is connected yet. Choose one below.</p>;
  return (
    <ul class="cards">
      {book.connections.map((connection) => {
        const name = accountName(book, connection.id);
        const broken = connection.status === "needs_reauth";
        return (
          <li key={connection.id} class="card">
            <h3>{name}</h3>
            {broken ? <Badge tone="bad" text="Needs you to reconnect" /> : <Badge tone="good" text="Connected" />}
            <p class="faint">
              Since <Moment at={connection.createdAt} />
            </p>
            {broken && <p>The permission has expired or was withdrawn. Your syncs wait and catch up afterwards.</p>}
            <div class="buttons">
              {broken && (
                <ActionButton
                  kind="primary"
                  label={`Reconnect ${name}`}
                  act={() => beginAuthorization(connection.provider, connection.id)}
                >
                  Reconnect
                </ActionButton>
              )}
              <Confirm
                button="Disconnect"
                label={`Disconnect ${name}`}
                kind="plain"
                title={`Disconnect ${name}?`}
                text="The permission is given back and every sync with this account ends. What was synced stays where it is."
                yes="Disconnect"
                act={async () => {
                  await person.disconnect(connection.id);
                  await reload();
                  return `${name} is disconnected`;
                }}
              />
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function ProviderCard({ provider }: { provider: Provider }) {
  const names = (of: "read" | "write") =>
    provider.dataTypes
      .filter((each) => each[of])
      .map((each) => dataTypeName(each.type))
      .join(", ");
  return (
    <li class="card">
      <h3>{provider.name}</h3>
      <p class="faint">
        Reads: {names("read") || "nothing"}. Writes: {names("write") || "nothing"}.
      </p>
      {provider.terms && (
        <details>
          <summary>
            Terms<span class="for-readers"> of {provider.name}</span>
          </summary>
          <Terms text={provider.terms} />
        </details>
      )}
      <div class="buttons">
        <ActionButton kind="primary" label={`Connect ${provider.name}`} act={() => beginAuthorization(provider.key)}>
          Connect
        </ActionButton>
      </div>
    </li>
  );
}

function Terms({ text }: { text: string }) {
  return /^https?:\/\/\S+$/.test(text) ? <OutwardLink url={text} text="Read the terms" /> : <p>{text}</p>;
}

function FileProviders({ providers }: { providers: Provider[] }) {
  if (providers.length === 0) return null;
  return (
    <p class="faint">
      Files on the server ({providers.map((each) => each.name).join(", ")}) are connected by whoever runs it.
    </p>
  );
}
