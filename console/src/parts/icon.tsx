// The few drawings that stand beside words, never instead of them.
const drawings = {
  good: "M4 8.5l2.8 2.8L12 5.200",
  busy: "M8 3.500a4.500 4.500 0 1 1-4.200 2.900",
  warning: "M8 2.500l6 10.500H2zM8 6.500v3M8 11.300v.1",
  bad: "M4.500 4.500l7 7M11.500 4.500l-7 7",
  quiet: "M4 8h8",
  arrow: "M3 8h10M9 4l4 4-4 4",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  sun: "M8 5.200a2.800 2.800 0 1 1 0 5.600 2.800 2.800 0 0 1 0-5.600M8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M3.400 12.600l.9-.9M11.700 4.300l.9-.9",
  moon: "M13 9.600A5.500 5.500 0 0 1 6.400 3a5.500 5.500 0 1 0 6.600 6.600z",
  system: "M2 3h12v8H2zM6 13.500h4",
  away: "M6.500 3.500h-3v9h9v-3M9.500 3h3.500v3.500M13 3L7.500 8.500",
};

export type Drawing = keyof typeof drawings;

export function Icon({ drawing }: { drawing: Drawing }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={drawings[drawing]} />
    </svg>
  );
}
