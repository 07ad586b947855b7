import { useState } from "preact/hooks";
import type { Problem } from "../api";
import { TextField } from "../parts/field";
import { Frame } from "../parts/frame";
import { Page } from "../parts/page";
import { problemText } from "../words";

interface SignInProperties {
  asking: boolean;
  problem: Problem | undefined;
  onToken: (token: string) => void;
}

function wrong(problem: Problem | undefined): string | undefined {
  if (!problem) return undefined;
  if (problem.status === 401) return "This token is not valid, or not any more. Ask for a new one.";
  if (problem.code === "console_failed") return "You were signed out. Sign in again.";
  return problemText(problem);
}

export function SignIn({ asking, problem, onToken }: SignInProperties) {
  const [token, setToken] = useState("");
  const [mistake, setMistake] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    const given = token.trim();
    // What a header may hold (RFC 9110, section 5.5); everything else was no token.
    if (!/^[\x21-\x7e]{1,8192}$/.test(given)) {
      setMistake("A token is one word of letters, digits and signs. Paste the whole of it.");
      return;
    }
    setMistake(undefined);
    onToken(given);
  };
  return (
    <Frame destinations={[]} current="">
      <div class="narrow">
        <Page title="Sign in" lead="Your health data in step, wherever you keep them.">
          <form class="card stack" onSubmit={submit}>
            <TextField
              label="Token"
              type="password"
              value={token}
              onInput={setToken}
              problem={mistake ?? (asking ? undefined : wrong(problem))}
              hint="From the app that sent you here, or from whoever runs this server. It is kept in this tab only."
              plainText
            />
            <div class="buttons">
              <button type="submit" class="button primary" aria-busy={asking ? "true" : undefined}>
                {asking ? "Signing in …" : "Sign in"}
              </button>
            </div>
          </form>
        </Page>
      </div>
    </Frame>
  );
}
