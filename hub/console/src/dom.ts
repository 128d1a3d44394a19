/**
 * Builds elements from data. Text is always a text node, so no value of a record can become markup.
 *
 * @module
 */

/** What an element may contain; `undefined` and `false` are left out. */
export type Child = Node | string | undefined | false;

/** Attributes by name, and listeners by event. `true` is an attribute without a value; `undefined` is left out. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | Listeners;
  readonly on?: Listeners;
}

type Listeners = {
  readonly [type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[type]) => void;
};

/** A new element. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { on, ...rest } = attributes;
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [type, listener] of Object.entries(on ?? {})) {
    element.addEventListener(type, listener as EventListener);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** A link to another site. Only http and https: a record must not bring a `javascript:` of its own. */
export function outsideLink(url: string): Child {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
  return el("a", { href: url, rel: "noopener noreferrer nofollow", target: "_blank" }, url);
}

/**
 * Replaces what `container` holds. A control that had the focus keeps it: the new one with the same `data-key` gets it,
 * else a keyboard user would be thrown to the top of the page by each answer.
 */
export function replaceContent(container: Element, ...children: readonly Child[]): void {
  const active = document.activeElement;
  const key = active && container.contains(active) ? active.getAttribute("data-key") : null;
  container.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
  if (key !== null) {
    container.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a grid of 24. */
const ICONS = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 20 20",
  back: "M15 5 8 12l7 7",
  next: "M9 5l7 7-7 7",
  check: "M5 12.5 10 17.5 19 7",
  cross: "M6 6l12 12M18 6 6 18",
  dot: "M12 12h.01",
  shield: "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM8.5 12l2.5 2.5 4.5-5",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  filter: "M4 6h16M7 12h10M10 18h4",
} as const;

/** A decorative icon; its meaning must be in a text beside it or in a label. */
export function icon(name: keyof typeof ICONS): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** The mark of the project: three streams that join. */
export function logo(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "logo");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M6 7c0 7 10 6 10 18M26 7c0 7-10 6-10 18M16 6v19");
  svg.append(path);
  return svg;
}
