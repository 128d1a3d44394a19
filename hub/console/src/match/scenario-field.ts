/** Which scenarios: checkboxes by stage, each stage folded where nothing of it is chosen on a small screen. @module */

import { el } from "../dom.ts";
import type { View } from "../view.ts";
import { type Checks, check, checks } from "./field.ts";

const isWide = matchMedia("(min-width: 900px)");

export function scenarioField(chosen: readonly string[], view: View): Checks {
  const { t, labels, language } = view;
  const { scheme } = labels.vocabulary;
  const all = scheme("scenario").concepts;
  const boxes: HTMLInputElement[] = [];
  const stages = scheme("scenarioStage").concepts.map((stage) => {
    const items = all
      .filter(({ broader }) => broader === stage.code)
      .map(({ code }) =>
        check(code, labels.code("scenario", code, language), chosen.includes(code)),
      );
    boxes.push(...items.map(({ box }) => box));
    return stageGroup(stage[language], items, view);
  });
  const count = el("p", { class: "hint", role: "status" });
  const group = checks({
    id: "demand-scenarios",
    legend: t("demandScenarios"),
    hint: t("demandScenariosHint"),
    boxes,
    children: [count, el("div", { class: "stages" }, ...stages)],
  });
  const showCount = () => {
    count.textContent = t("demandScenariosChosen", { n: group.read().length });
  };
  group.element.addEventListener("change", showCount);
  showCount();
  return group;
}

function stageGroup(
  name: string,
  items: readonly { readonly element: HTMLElement; readonly box: HTMLInputElement }[],
  { formats }: View,
): HTMLElement {
  const count = el("span", { class: "count" });
  const isChosen = () => items.filter(({ box }) => box.checked).length;
  const group = el(
    "details",
    { class: "stage", open: isWide.matches || isChosen() > 0 },
    el("summary", {}, name, count),
    el("div", { role: "group", "aria-label": name }, ...items.map(({ element }) => element)),
  );
  const showCount = () => {
    const n = isChosen();
    count.textContent = n === 0 ? "" : formats.number(n);
  };
  group.addEventListener("change", showCount);
  showCount();
  return group;
}
