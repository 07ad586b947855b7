// Who is here, and which page they see.
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Problem } from "./api";
import type { Returned } from "./authorization";
import { asProblem } from "./loading";
import { PersonConsole } from "./pages/person/console";
import { SignIn } from "./pages/sign-in";
import { StaffConsole } from "./pages/staff/console";
import { Announcer } from "./parts/announcer";
import { Frame } from "./parts/frame";
import { forgetToken, signIn, storedToken, takeTokenFromLink, type Who } from "./session";

export function App({ returned }: { returned: Returned | undefined }) {
  const [who, setWho] = useState<Who>();
  const [asking, setAsking] = useState(false);
  const [opening, setOpening] = useState(storedToken() !== ""); // with a token from before, which may still hold
  const [problem, setProblem] = useState<Problem>();

  const signOut = useCallback((because?: Problem) => {
    forgetToken();
    setWho(undefined);
    setProblem(because);
  }, []);

  const enter = useCallback(
    async (token: string) => {
      setAsking(true);
      setProblem(undefined);
      try {
        setWho(await signIn(token, () => signOut(asProblem("expired"))));
      } catch (error) {
        setProblem(asProblem(error));
      } finally {
        setAsking(false);
        setOpening(false);
      }
    },
    [signOut],
  );

  useEffect(() => {
    if (storedToken()) void enter(storedToken());
    // A sign-in link that is opened where the console is already open.
    const follow = () => {
      if (!location.hash.startsWith("#token=")) return;
      takeTokenFromLink();
      setWho(undefined);
      setOpening(true);
      void enter(storedToken());
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [enter]);

  return (
    <>
      {who?.kind === "person" && <PersonConsole onSignOut={() => signOut()} returned={returned} />}
      {who?.kind === "staff" && <StaffConsole member={who.member} onSignOut={() => signOut()} />}
      {!who && opening && <Opening />}
      {!who && !opening && <SignIn asking={asking} problem={problem} onToken={enter} />}
      <Announcer />
    </>
  );
}

function Opening() {
  return (
    <Frame destinations={[]} current="">
      <p class="loading">Signing in …</p>
    </Frame>
  );
}
