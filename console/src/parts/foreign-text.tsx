// Text that somebody else wrote: a provider's answer, a name. It keeps its reading direction to itself and breaks anywhere
// rather than widen the page.
export function Foreign({ text }: { text: string | undefined }) {
  return text ? <bdi class="foreign">{text}</bdi> : null;
}

// An id: in one piece where there is room, broken anywhere where there is none.
export function Id({ text }: { text: string | undefined }) {
  return text ? <code class="id">{text}</code> : <span class="faint">none</span>;
}
