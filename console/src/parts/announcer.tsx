// What has just happened, said once: seen for a while at the edge, and read out (aria-live).
import { useEffect, useState } from "preact/hooks";
import type { Tone } from "../words";
import { Icon } from "./icon";

interface Said {
  id: number;
  tone: Tone;
  text: string;
}

const shownMs = 8_000;
const mostShown = 3;
let listener: (said: Said) => void = () => {};
let count = 0;

export function announce(text: string, tone: Tone = "good"): void {
  listener({ id: ++count, tone, text });
}

export function Announcer() {
  const [list, setList] = useState<Said[]>([]);
  useEffect(() => {
    listener = (said) => {
      setList((old) => [...old, said].slice(-mostShown));
      setTimeout(() => setList((old) => old.filter((each) => each.id !== said.id)), shownMs);
    };
    return () => void (listener = () => {});
  }, []);
  return (
    <div class="announcer" role="status" aria-live="polite">
      {list.map((said) => (
        <p key={said.id} class={`said ${said.tone}`}>
          <Icon drawing={said.tone} />
          {said.text}
        </p>
      ))}
    </div>
  );
}
