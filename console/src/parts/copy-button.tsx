import { ActionButton } from "./action-button";

export function CopyButton({ text, children }: { text: string; children: string }) {
  return (
    <ActionButton
      act={async () => {
        await navigator.clipboard.writeText(text);
        return "Copied";
      }}
    >
      {children}
    </ActionButton>
  );
}
