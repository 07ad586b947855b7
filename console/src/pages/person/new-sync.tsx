// A new sync: choose, look at what it would do, then start it. Until then it is a paused one, so nothing is written.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { CheckField, Choices, SelectField } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { LoadedContent, Page } from "../../parts/page";
import { Foreign } from "../../parts/foreign-text";
import { person, type Preview, type Strategy } from "../../person-api";
import { go, href, hrefWith } from "../../router";
import { countsText, dataTypeName, strategies } from "../../words";
import { accountName, commonDataTypes, loadAccountBook, providerOf, sidesOf, type AccountBook } from "./account-book";
import { DecisionList } from "./decision-list";

const back = { href: href("syncs"), text: "Syncs" };

export function NewSyncPage({ draft }: { draft: string | undefined }) {
  return draft ? <PreviewStep key="preview" id={draft} /> : <ChooseStep key="choose" />;
}

function ChooseStep() {
  const book = useLoaded(loadAccountBook, []);
  return (
    <Page title="New sync" back={back} lead="Step 1 of 2: choose what travels where.">
      <LoadedContent of={book}>
        {(loaded) =>
          loaded.connections.length < 2 ? (
            <p class="empty">
              A sync needs two accounts. <a href={href("accounts")}>Connect another one</a> first.
            </p>
          ) : (
            <ChooseForm book={loaded} />
          )
        }
      </LoadedContent>
    </Page>
  );
}

function ChooseForm({ book }: { book: AccountBook }) {
  const ids = book.connections.map((each) => each.id);
  const [first] = useState(() => firstPair(book));
  const [from, setFrom] = useState(first.from);
  const [chosenTo, setTo] = useState(first.to);
  const others = ids.filter((id) => id !== from);
  const to = others.includes(chosenTo) ? chosenTo : (others[0] ?? "");
  const types = commonDataTypes(providerOf(book, from), providerOf(book, to));
  const [chosenType, setType] = useState("");
  const type = types.includes(chosenType) ? chosenType : (types[0] ?? "");
  const [strategy, setStrategy] = useState<Strategy>("newest_wins");
  const [consent, setConsent] = useState(false);
  const source = providerOf(book, from);
  const names = { from: accountName(book, from), to: accountName(book, to) };
  const options = (some: string[]) => some.map((id) => ({ value: id, text: accountName(book, id) }));
  const missing = !type || (source?.readingNeedsConsent && !consent);

  const create = async () => {
    const made = await person.createSync({
      sourceConnectionId: from,
      destinationConnectionId: to,
      dataType: type,
      conflictResolutionStrategy: strategy,
      readingConsent: consent,
      paused: true,
    });
    go(hrefWith(href("syncs", "new"), { draft: made.id }));
  };
  return (
    <form class="card stack" onSubmit={(event) => event.preventDefault()}>
      <div class="side-by-side">
        <SelectField label="From" value={from} onChange={setFrom} options={options(ids)} />
        <SelectField label="To" value={to} onChange={setTo} options={options(others)} />
      </div>
      {types.length > 0 ? (
        <SelectField
          label="What travels"
          value={type}
          onChange={setType}
          options={types.map((each) => ({ value: each, text: dataTypeName(each) }))}
        />
      ) : (
        <p class="notice warning">
          <Icon drawing="warning" />
          <span>
            Nothing that {names.from} gives can be written to {names.to}.
          </span>
        </p>
      )}
      <Choices
        legend="When both sides have something for the same time"
        value={strategy}
        onChange={setStrategy}
        options={(Object.keys(strategies) as Strategy[]).map((value) => ({
          value,
          text: strategies[value].name(names.from, names.to),
          hint: strategies[value].text,
        }))}
      />
      {source?.readingNeedsConsent && (
        <CheckField
          label={`I know that the terms of ${source.name} make copying from it doubtful`}
          {...(source.terms ? { hint: source.terms } : {})}
          checked={consent}
          onChange={setConsent}
        />
      )}
      <div class="buttons">
        <ActionButton kind="primary" act={create} disabled={Boolean(missing)}>
          Show a preview
        </ActionButton>
      </div>
    </form>
  );
}

// The first two accounts between which something can travel.
function firstPair(book: AccountBook): { from: string; to: string } {
  const ids = book.connections.map((each) => each.id);
  for (const from of ids) {
    const to = ids.find((id) => id !== from && commonDataTypes(providerOf(book, from), providerOf(book, id)).length);
    if (to) return { from, to };
  }
  return { from: ids[0] ?? "", to: ids[1] ?? "" };
}

function PreviewStep({ id }: { id: string }) {
  const loaded = useLoaded(
    async (signal) => {
      const [book, sync] = await Promise.all([loadAccountBook(signal), person.sync(id, signal)]);
      return { book, sync };
    },
    [id],
  );
  const preview = useLoaded((signal) => person.preview(id, signal), ["preview", id]);
  return (
    <Page title="Preview" back={back} lead="Step 2 of 2: nothing has been written yet.">
      <LoadedContent of={loaded}>
        {({ book, sync }) => {
          const sides = sidesOf(book, sync);
          return (
            <>
              <p>
                <strong>{dataTypeName(sync.dataType)}</strong> from {sides.from} to {sides.to};{" "}
                {strategies[sync.conflictResolutionStrategy].name(sides.from, sides.to)} in a conflict.
              </p>
              <div class="buttons">
                <ActionButton
                  kind="primary"
                  act={async () => {
                    await person.changeSync(sync, { paused: false });
                    await person.syncNow(id);
                    go(href("syncs", id));
                    return "The sync has started";
                  }}
                >
                  Start this sync
                </ActionButton>
                <ActionButton
                  act={async () => {
                    await person.deleteSync(id);
                    go(href("syncs", "new"));
                    return "Nothing was kept";
                  }}
                >
                  Do not, go back
                </ActionButton>
              </div>
              {preview.loading && !preview.data && (
                <p class="loading" role="status">
                  Reading both sides; this can take some seconds …
                </p>
              )}
              {(preview.data || preview.problem) && (
                <LoadedContent of={preview}>{(data) => <PreviewResult preview={data} sides={sides} />}</LoadedContent>
              )}
            </>
          );
        }}
      </LoadedContent>
    </Page>
  );
}

function PreviewResult({ preview, sides }: { preview: Preview; sides: { from: string; to: string } }) {
  return (
    <section aria-labelledby="would">
      <h2 id="would">What it would do</h2>
      <p>
        {preview.counts.read} records looked at: {countsText(preview.counts)}.
        {preview.partial && " The source is damaged in part; what is sound travels."}
      </p>
      {preview.warnings.length > 0 && (
        <details class="notice warning">
          <summary>{preview.warnings.length === 1 ? "1 warning" : `${preview.warnings.length} warnings`}</summary>
          <ul>
            {preview.warnings.map((warning, i) => (
              <li key={i}>
                <Foreign text={warning.where} />: <Foreign text={warning.what} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <DecisionList decisions={preview.decisions} sides={sides} truncated={preview.truncated} />
    </section>
  );
}
