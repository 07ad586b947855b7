// A state: colour, drawing and word say the same.
import { plain, type Tone } from "../words";
import { Icon } from "./icon";

export function Badge({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon drawing={tone} />
      {text}
    </span>
  );
}

export function StateBadge({ state, among }: { state: string; among: Record<string, { tone: Tone; text: string }> }) {
  const known = among[state];
  return <Badge tone={known?.tone ?? "quiet"} text={known?.text ?? plain(state)} />;
}
