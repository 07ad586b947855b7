// Nobody looks at a person's case without saying what for. The last purpose is proposed, so that Enter is enough.
import { useState } from "preact/hooks";
import { Choices, TextField } from "../../parts/field";

const place = "syncwell.purpose";
const shortest = 5;
const longest = 200;
const other = "";
const presets = [
  "Answering the person's question",
  "Working on an incident",
  "Checking after a redrive",
  "Checking the contact clock",
];

const purposeOfEntry = new Map<string, string>(); // in this tab, until it is reloaded

export function knownPurpose(entry: string): string | undefined {
  return purposeOfEntry.get(entry);
}

export function rememberPurpose(entry: string, purpose: string): void {
  purposeOfEntry.set(entry, purpose);
  sessionStorage.setItem(place, purpose);
}

interface PurposeFormProperties {
  button: string;
  onPurpose: (purpose: string) => void;
}

export function PurposeForm({ button, onPurpose }: PurposeFormProperties) {
  const last = sessionStorage.getItem(place) ?? presets[0] ?? other;
  const [choice, setChoice] = useState(presets.includes(last) ? last : other);
  const [words, setWords] = useState(presets.includes(last) ? "" : last);
  const [problem, setProblem] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    const purpose = (choice || words).trim();
    if (purpose.replace(/\s/g, "").length < shortest || purpose.length > longest) {
      setProblem(`Say it in ${shortest} to ${longest} characters.`);
      return;
    }
    onPurpose(purpose);
  };
  return (
    <form class="card stack" onSubmit={submit}>
      <Choices
        legend="What do you look at it for?"
        value={choice}
        onChange={setChoice}
        options={[
          ...presets.map((preset) => ({ value: preset, text: preset })),
          { value: other, text: "Something else" },
        ]}
      />
      {choice === other && (
        <TextField label="In your words" value={words} onInput={setWords} maxLength={longest} problem={problem} />
      )}
      <p class="hint">It is kept in the audit trail with your name.</p>
      <div class="buttons">
        <button type="submit" class="button primary">
          {button}
        </button>
      </div>
    </form>
  );
}
