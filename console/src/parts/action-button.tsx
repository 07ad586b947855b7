// A button that does something at the server: busy while it runs, never twice at once, says what came of it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { asProblem } from "../loading";
import { problemText } from "../words";
import { announce } from "./announcer";

interface ActionProperties {
  act: () => Promise<string | void>; // the sentence to announce
  kind?: "primary" | "plain" | "danger";
  label?: string; // for screen readers, where the words alone do not say what it acts on
  disabled?: boolean;
  children: ComponentChildren;
}

export function ActionButton({ act, kind = "plain", label, disabled, children }: ActionProperties) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy || disabled) return;
    setBusy(true);
    try {
      const said = await act();
      if (said) announce(said);
    } catch (error) {
      announce(problemText(asProblem(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-label={label}
      aria-disabled={busy || disabled ? "true" : undefined}
      aria-busy={busy ? "true" : undefined}
      onClick={() => void run()}
    >
      {children}
    </button>
  );
}
