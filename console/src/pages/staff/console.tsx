// The pages of support and of operators; what a role may not do is not shown to it.
import { Frame } from "../../parts/frame";
import { useRoute, type Route } from "../../router";
import { may, type Member } from "../../staff-api";
import { NotFound } from "../not-found";
import { AuditPage } from "./audit";
import { BreakGlassPage } from "./break-glass";
import { ConfigurationPage } from "./configuration";
import { ContactsPage } from "./contacts";
import { DeadLetterPage } from "./dead-letter";
import { DeadLettersPage } from "./dead-letters";
import { IncidentPage } from "./incident";
import { IncidentsPage } from "./incidents";
import { NoticesPage } from "./notices";
import { OperationsPage } from "./operations";
import { OverviewPage } from "./overview";
import { ProvidersPage } from "./providers";
import { TeamPage } from "./team";

const destinations = [
  { href: "#/overview", text: "Overview", least: "viewer" },
  { href: "#/dlq", text: "Dead letters", least: "viewer" },
  { href: "#/incidents", text: "Incidents", least: "viewer" },
  { href: "#/contacts", text: "Contact clock", least: "viewer" },
  { href: "#/notices", text: "Notices", least: "viewer" },
  { href: "#/providers", text: "Providers", least: "viewer" },
  { href: "#/operations", text: "Operations", least: "viewer" },
  { href: "#/break-glass", text: "Find a person", least: "support" },
  { href: "#/configuration", text: "Configuration", least: "admin" },
  { href: "#/audit", text: "Audit trail", least: "admin" },
  { href: "#/staff", text: "Staff", least: "admin" },
] as const;

function pageOf({ path: [first = "overview", id], query }: Route, member: Member) {
  switch (first) {
    case "overview":
      return <OverviewPage />;
    case "dlq":
      return id ? (
        <DeadLetterPage key={id} id={id} member={member} />
      ) : (
        <DeadLettersPage query={query} member={member} />
      );
    case "incidents":
      return id ? <IncidentPage key={id} id={id} member={member} /> : <IncidentsPage query={query} />;
    case "contacts":
      return <ContactsPage query={query} member={member} />;
    case "notices":
      return <NoticesPage query={query} member={member} />;
    case "providers":
      return <ProvidersPage />;
    case "operations":
      return <OperationsPage />;
    case "break-glass":
      return <BreakGlassPage />;
    case "configuration":
      return <ConfigurationPage />;
    case "audit":
      return <AuditPage />;
    case "staff":
      return <TeamPage member={member} />;
    default:
      return <NotFound />;
  }
}

export function StaffConsole({ member, onSignOut }: { member: Member; onSignOut: () => void }) {
  const route = useRoute();
  const open = destinations.filter((each) => may(member, each.least));
  const first = `#/${route.path[0] ?? "overview"}`;
  const known = destinations.some((each) => each.href === first);
  const allowed = open.some((each) => each.href === first);
  return (
    <Frame destinations={open} current={first} who={`${member.name}, ${member.role}`} onSignOut={onSignOut}>
      {known && !allowed ? <NotFound /> : pageOf(route, member)}
    </Frame>
  );
}
