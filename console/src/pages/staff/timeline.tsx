import { useState } from "preact/hooks";
import { ActionButton } from "../../parts/action-button";
import { TextField } from "../../parts/field";
import { Foreign } from "../../parts/foreign-text";
import { Icon } from "../../parts/icon";
import { Moment } from "../../parts/moment";
import type { TimelineStep } from "../../staff-api";
import { absoluteTime } from "../../time";
import { causesForStaff, plain, providerName, timelineKinds } from "../../words";

export function Timeline({ steps }: { steps: TimelineStep[] }) {
  return (
    <ol class="timeline">
      {steps.map((step, i) => {
        const kind = timelineKinds[step.kind] ?? { tone: "quiet" as const, text: plain(step.kind) };
        return (
          <li key={i} class={kind.tone}>
            <Icon drawing={kind.tone} />
            <div>
              <p>
                <strong>{kind.text}</strong>{" "}
                {step.count !== undefined && step.count > 1 && <span class="tag">{step.count} times</span>}
                {step.by && (
                  <span class="faint">
                    by <Foreign text={step.by} />
                  </span>
                )}
              </p>
              {(step.code || step.provider) && (
                <p>
                  {step.provider && `${providerName(step.provider)}: `}
                  {step.code && plain(step.code)}
                  {step.httpStatus !== undefined && ` (HTTP ${step.httpStatus})`}
                </p>
              )}
              {step.text && (
                <p class="note-text">
                  <Foreign text={step.kind === "asked" ? (causesForStaff[step.text] ?? step.text) : step.text} />
                </p>
              )}
              <p class="faint">
                <Moment at={step.at} /> · {absoluteTime(step.at)}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

export function NoteForm({ onNote }: { onNote: (text: string) => Promise<void> }) {
  const [text, setText] = useState("");
  return (
    <form class="stack note-form" onSubmit={(event) => event.preventDefault()}>
      <TextField label="Add a note" value={text} onInput={setText} lines={2} maxLength={2000} />
      <div class="buttons">
        <ActionButton
          disabled={!text.trim()}
          act={async () => {
            await onNote(text.trim());
            setText("");
            return "Noted";
          }}
        >
          Add the note
        </ActionButton>
      </div>
    </form>
  );
}
