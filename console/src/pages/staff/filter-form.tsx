// The filters of the dead letters. They stand in the address, so that a view can be linked and "back" works.
import { useEffect, useState } from "preact/hooks";
import { SelectField, TextField } from "../../parts/field";
import { go, href, hrefWith } from "../../router";
import { entryFilters, type EntryFilter } from "../../staff-api";
import { categories, entryStates } from "../../words";

const texts: [keyof EntryFilter, string][] = [
  ["provider", "Provider"],
  ["code", "Error code"],
  ["incident", "Incident"],
  ["job", "Job"],
  ["user", "Person (usr_…)"],
];

const withAll = (options: Record<string, string>) => [
  { value: "", text: "All" },
  ...Object.entries(options).map(([value, text]) => ({ value, text })),
];

export function filterOf(query: Record<string, string>): EntryFilter {
  const filter: EntryFilter = {};
  for (const name of entryFilters) if (query[name]) filter[name] = query[name];
  return filter;
}

export function FilterForm({ filter }: { filter: EntryFilter }) {
  const [draft, setDraft] = useState(filter);
  const applied = JSON.stringify(filter);
  useEffect(() => setDraft(JSON.parse(applied) as EntryFilter), [applied]);
  const apply = (next: EntryFilter) => {
    setDraft(next);
    go(hrefWith(href("dlq"), next));
  };
  return (
    <form
      class="filters card"
      role="search"
      aria-label="Dead letters"
      onSubmit={(event) => {
        event.preventDefault();
        apply(draft);
      }}
    >
      <SelectField
        label="State"
        value={draft.state ?? ""}
        onChange={(state) => apply({ ...draft, state })}
        options={withAll(Object.fromEntries(Object.entries(entryStates).map(([value, { text }]) => [value, text])))}
      />
      <SelectField
        label="Category"
        value={draft.category ?? ""}
        onChange={(category) => apply({ ...draft, category })}
        options={withAll(categories)}
      />
      {texts.map(([name, label]) => (
        <TextField
          key={name}
          label={label}
          value={draft[name] ?? ""}
          onInput={(value) => setDraft({ ...draft, [name]: value.trim() })}
          plainText
        />
      ))}
      <div class="buttons">
        <button type="submit" class="button primary">
          Find
        </button>
        <a class="button plain" href={href("dlq")}>
          Clear
        </a>
      </div>
    </form>
  );
}
