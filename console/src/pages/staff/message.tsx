// Writing to the person of a dead letter: always a preview first. No address is ever shown.
import { useState } from "preact/hooks";
import { ActionButton } from "../../parts/action-button";
import { Choices } from "../../parts/field";
import { Foreign } from "../../parts/foreign-text";
import { staff, type OpenedEntry, type Template } from "../../staff-api";

const templates: { value: Template; text: string; hint: string }[] = [
  { value: "initial", text: "It is interrupted", hint: "we know and work on it; they need not do anything" },
  { value: "action_needed", text: "They have to do something", hint: "connect the account again" },
  { value: "resolved", text: "It works again", hint: "what was missed is caught up" },
];

export function MessageSection({ entry, reload }: { entry: OpenedEntry; reload: () => Promise<void> }) {
  const [template, setTemplate] = useState<Template>(entry.category === "authentication" ? "action_needed" : "initial");
  const [preview, setPreview] = useState<{ template: Template; subject: string; body: string; locale: string }>();
  return (
    <section aria-labelledby="message">
      <h2 id="message">Tell the person</h2>
      <div class="card stack">
        <Choices legend="What to say" value={template} onChange={setTemplate} options={templates} />
        {preview?.template === template && (
          <div class="letter" role="status" lang={preview.locale}>
            <p>
              <strong>
                <Foreign text={preview.subject} />
              </strong>
            </p>
            {preview.body.split(/\n{2,}/).map((paragraph, i) => (
              <p key={i}>
                <Foreign text={paragraph} />
              </p>
            ))}
          </div>
        )}
        <div class="buttons">
          {preview?.template === template ? (
            <ActionButton
              kind="primary"
              act={async () => {
                await staff.sendMessage(entry.id, template);
                setPreview(undefined);
                await reload();
                return "The message is on its way";
              }}
            >
              Send this
            </ActionButton>
          ) : (
            <ActionButton
              act={async () => setPreview({ ...(await staff.previewMessage(entry.id, template)), template })}
            >
              Show the message
            </ActionButton>
          )}
        </div>
      </div>
    </section>
  );
}
