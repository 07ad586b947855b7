// The console as its users see it: names of headings, buttons and fields. Knows nothing of the server behind it.
import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";

export class Console {
  constructor(
    readonly page: Page,
    readonly server: string,
  ) {}

  async signIn(token: string, path = "#/"): Promise<void> {
    await this.page.goto(`${this.server}/console/#token=${encodeURIComponent(token)}`);
    await expect(this.button("Sign out")).toBeVisible();
    await this.open(path);
  }

  async open(path: string): Promise<void> {
    await this.page.evaluate((hash) => (location.hash = hash), path);
    await this.settled();
  }

  // Everything that was asked for has been answered and shown.
  async settled(): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(this.page.locator(".loading")).toHaveCount(0);
    await expect(this.page.locator("table[aria-busy=true]")).toHaveCount(0);
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole("link", { name });
  }

  field(name: string | RegExp): Locator {
    return this.page.getByLabel(name, { exact: typeof name === "string" });
  }

  said(text: string | RegExp): Locator {
    return this.page.locator(".announcer").getByText(text);
  }

  // Opens a dead letter, through the purpose prompt.
  async openDeadLetter(id: string, purpose?: string): Promise<void> {
    await this.open(`#/dlq/${id}`);
    if (purpose) {
      await this.field("Something else").check();
      await this.field("In your words").fill(purpose);
    }
    await this.button("Open").click();
    await expect(this.page.getByRole("heading", { name: "What happened" })).toBeVisible();
  }
}
