// Choices that are links: which part of a list is shown.
interface TabsProperties {
  label: string;
  tabs: { href: string; text: string; current: boolean }[];
}

export function Tabs({ label, tabs }: TabsProperties) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.href} href={tab.href} aria-current={tab.current ? "true" : undefined}>
          {tab.text}
        </a>
      ))}
    </nav>
  );
}
