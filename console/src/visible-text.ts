// Everything that comes from the server passes here once: what cannot be seen is made visible (terminal escapes, the line
// breaks of smuggled headers), and what turns the reading direction is taken away. That no text becomes HTML is Preact's
// part.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const misleading = /[\u0080-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const firstPicture = 0x2400; // U+2400 and on: pictures of the control characters

export function visible(text: string): string {
  return text
    .replace(controls, (character) =>
      character === "\u007f" ? "\u2421" : String.fromCharCode(firstPicture + character.charCodeAt(0)),
    )
    .replace(misleading, "\ufffd");
}

export function parseVisible<T>(json: string): T {
  return JSON.parse(json, (_name, value: unknown) => (typeof value === "string" ? visible(value) : value)) as T;
}
