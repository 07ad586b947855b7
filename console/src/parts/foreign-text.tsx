// Text that somebody else wrote: a provider's answer, a name. Preact makes it inert as HTML; this makes what cannot be
// seen visible (terminal escapes, line breaks of smuggled headers) and takes away what turns the reading direction.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const invisible = /[\u0080-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text: string): string {
  return text
    .replace(controls, (character) =>
      character === "\u007f" ? "␡" : String.fromCharCode(0x2400 + character.charCodeAt(0)),
    )
    .replace(invisible, "\ufffd");
}

export function Foreign({ text }: { text: string | undefined }) {
  return text ? <bdi class="foreign">{visible(text)}</bdi> : null;
}

// An id: in one piece where there is room, broken anywhere where there is none.
export function Id({ text }: { text: string | undefined }) {
  return text ? <code class="id">{visible(text)}</code> : <span class="faint">none</span>;
}
