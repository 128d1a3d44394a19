/** Pictures of the page itself; all are decorative. @module */

/** Outlines on a grid of 24. */
const ICONS = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 20 20",
  back: "M15 5 8 12l7 7",
  next: "M9 5l7 7-7 7",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  check: "M5 12.5 10 17.5 19 7",
  cross: "M6 6l12 12M18 6 6 18",
  shield: "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM8.5 12l2.5 2.5 4.5-5",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  filter: "M4 6h16M7 12h10M10 18h4",
} as const;

/** A decorative icon; its meaning must be in a text beside it or in a label. */
export function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  return (
    <svg viewBox="0 0 24 24" className="icon" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

/** The mark of the project: three streams that join. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" className="logo" aria-hidden="true">
      <path d="M6 7c0 7 10 6 10 18M26 7c0 7-10 6-10 18M16 6v19" />
    </svg>
  );
}
