import type { ComponentChildren } from "preact";

// Names and values; what is undefined is left out.
export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined &&
          value !== "" && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface TileProperties {
  name: string;
  value: ComponentChildren;
  hint?: ComponentChildren;
  tone?: "bad" | "warning" | undefined;
  href?: string;
}

export function Tile({ name, value, hint, tone, href }: TileProperties) {
  const content = (
    <>
      <span class="tile-name">{name}</span>
      <span class={`tile-value ${tone ?? ""}`}>{value}</span>
      {hint && <span class="hint">{hint}</span>}
    </>
  );
  return href ? (
    <a class="tile" href={href}>
      {content}
    </a>
  ) : (
    <div class="tile">{content}</div>
  );
}
