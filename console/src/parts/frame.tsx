// What surrounds every page: skip link, name, navigation, theme, who is signed in.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { applyTheme, chosenTheme, type Theme } from "../theme";
import { Icon } from "./icon";

export interface Destination {
  href: string;
  text: string;
}

interface FrameProperties {
  destinations: Destination[];
  current: string;
  who?: ComponentChildren;
  onSignOut?: () => void;
  children: ComponentChildren;
}

const themes: Record<Theme, { next: Theme; text: string; drawing: "system" | "sun" | "moon" }> = {
  system: { next: "light", text: "as the system", drawing: "system" },
  light: { next: "dark", text: "light", drawing: "sun" },
  dark: { next: "system", text: "dark", drawing: "moon" },
};

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme);
  const { next, text, drawing } = themes[theme];
  const change = () => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="button ghost" onClick={change} aria-label={`Theme: ${text}. Change it`} title="Theme">
      <Icon drawing={drawing} />
    </button>
  );
}

export function Frame({ destinations, current, who, onSignOut, children }: FrameProperties) {
  const [menuOpen, setMenuOpen] = useState(false);
  useEffect(() => setMenuOpen(false), [current]);
  const skip = (event: Event) => {
    event.preventDefault(); // the fragment is the route
    document.querySelector<HTMLElement>("main")?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <a class="name" href="#/">
          <img src="icon.svg" alt="" width="26" height="26" />
          SyncWell
        </a>
        {destinations.length > 0 && (
          <button
            type="button"
            class="button ghost menu-button"
            aria-expanded={menuOpen ? "true" : "false"}
            aria-controls="navigation"
            onClick={() => setMenuOpen(!menuOpen)}
          >
            <Icon drawing="menu" />
            Menu
          </button>
        )}
        {destinations.length > 0 && (
          <nav id="navigation" class={menuOpen ? "open" : ""} aria-label="Main">
            {destinations.map((each) => (
              <a key={each.href} href={each.href} aria-current={each.href === current ? "page" : undefined}>
                {each.text}
              </a>
            ))}
          </nav>
        )}
        <div class="top-end">
          {who && <span class="who">{who}</span>}
          <ThemeButton />
          {onSignOut && (
            <button type="button" class="button ghost" onClick={onSignOut}>
              Sign out
            </button>
          )}
        </div>
      </header>
      <main tabIndex={-1}>{children}</main>
    </>
  );
}
