import { Page } from "../parts/page";

export function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        <a href="#/">Go to the start</a>
      </p>
    </Page>
  );
}
