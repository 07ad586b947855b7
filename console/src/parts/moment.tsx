import { absoluteTime, relativeTime } from "../time";

export function Moment({ at, absent = "never" }: { at: string | undefined; absent?: string }) {
  if (!at) return <span class="faint">{absent}</span>;
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(at)}
    </time>
  );
}
