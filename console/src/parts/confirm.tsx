// "Are you sure?", with a word to type where nothing brings it back.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "./action-button";
import { Dialog } from "./dialog";
import { TextField } from "./field";

interface ConfirmProperties {
  button: string;
  label?: string;
  title: string;
  text: ComponentChildren;
  yes: string;
  kind?: "plain" | "danger" | "primary";
  typed?: { what: string; value: string };
  act: () => Promise<string | void>;
}

export function Confirm({ button, label, title, text, yes, kind = "danger", typed, act }: ConfirmProperties) {
  const [open, setOpen] = useState(false);
  const [word, setWord] = useState("");
  const close = () => {
    setOpen(false);
    setWord("");
  };
  return (
    <>
      <button type="button" class={`button ${kind}`} aria-label={label} onClick={() => setOpen(true)}>
        {button}
      </button>
      {open && (
        <Dialog title={title} onClose={close}>
          <div class="prose">{text}</div>
          {typed && (
            <TextField
              label={`Type ${typed.what} to confirm: ${typed.value}`}
              value={word}
              onInput={setWord}
              plainText
            />
          )}
          <div class="buttons end">
            <button type="button" class="button plain" onClick={close}>
              Cancel
            </button>
            <ActionButton
              kind={kind === "plain" ? "primary" : kind}
              disabled={typed !== undefined && word.trim() !== typed.value}
              act={async () => {
                const said = await act();
                close();
                return said;
              }}
            >
              {yes}
            </ActionButton>
          </div>
        </Dialog>
      )}
    </>
  );
}
