// The person's pages.
import type { Returned } from "../../authorization";
import { Frame } from "../../parts/frame";
import { useRoute, type Route } from "../../router";
import { NotFound } from "../not-found";
import { AccountsPage } from "./accounts";
import { JobPage } from "./job";
import { NewSyncPage } from "./new-sync";
import { SettingsPage } from "./settings";
import { SyncPage } from "./sync";
import { SyncsPage } from "./syncs";

const destinations = [
  { href: "#/syncs", text: "Syncs" },
  { href: "#/accounts", text: "Accounts" },
  { href: "#/settings", text: "Settings" },
];

function pageOf({ path: [first = "syncs", id], query }: Route, returned: Returned | undefined) {
  switch (first) {
    case "syncs":
      if (id === "new") return <NewSyncPage draft={query.draft} />;
      return id ? <SyncPage key={id} id={id} /> : <SyncsPage />;
    case "jobs":
      return id ? <JobPage key={id} id={id} /> : <NotFound />;
    case "accounts":
      return <AccountsPage returned={returned} />;
    case "settings":
      return <SettingsPage />;
    default:
      return <NotFound />;
  }
}

export function PersonConsole({ onSignOut, returned }: { onSignOut: () => void; returned: Returned | undefined }) {
  const route = useRoute();
  const first = route.path[0] ?? "syncs";
  return (
    <Frame destinations={destinations} current={`#/${first === "jobs" ? "syncs" : first}`} onSignOut={onSignOut}>
      {pageOf(route, returned)}
    </Frame>
  );
}
