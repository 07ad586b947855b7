// A link out of the console, to an address that somebody else wrote: the web only, and without telling where from.
import { Icon } from "./icon";

export function OutwardLink({ url, text }: { url: string; text: string }) {
  const safe = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!safe) return <code class="id">{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {text}
      <Icon drawing="away" />
      <span class="for-readers"> (opens a new tab)</span>
    </a>
  );
}
