/** Which scenarios: checkboxes by stage, each stage folded where nothing of it is chosen on a small screen. @module */

import { useState } from "react";
import { useView } from "../view.tsx";
import { Check, CheckGroup, withValue } from "./checks.tsx";

export interface ScenarioFieldProps {
  readonly id: string;
  readonly error: string | undefined;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function ScenarioField({ id, error, chosen, onChange }: ScenarioFieldProps) {
  const { t, labels, language } = useView();
  const { scheme } = labels.vocabulary;
  // In the order of the scheme, whatever the order in which they were chosen.
  const order = scheme("scenario").concepts.map(({ code }) => code);
  const change = (code: string, isIn: boolean) =>
    onChange(withValue(chosen, code, isIn).sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  return (
    <CheckGroup id={id} legend={t("demandScenarios")} hint={t("demandScenariosHint")} error={error}>
      <p className="hint" role="status">
        {t("demandScenariosChosen", { n: chosen.length })}
      </p>
      <div className="stages">
        {scheme("scenarioStage").concepts.map((stage) => (
          <Stage
            key={stage.code}
            code={stage.code}
            name={stage[language]}
            chosen={chosen}
            onChange={change}
          />
        ))}
      </div>
    </CheckGroup>
  );
}

interface StageProps {
  readonly code: string;
  readonly name: string;
  readonly chosen: readonly string[];
  readonly onChange: (code: string, isIn: boolean) => void;
}

function Stage({ code: stage, name, chosen, onChange }: StageProps) {
  const { labels, language, formats } = useView();
  const codes = labels.vocabulary
    .scheme("scenario")
    .concepts.filter(({ broader }) => broader === stage)
    .map(({ code }) => code);
  const n = codes.filter((code) => chosen.includes(code)).length;
  // Only at first: what a visitor unfolds stays as it is.
  const [isOpen] = useState(() => n > 0 || matchMedia("(min-width: 900px)").matches);
  return (
    <details className="stage" open={isOpen}>
      <summary>
        {name}
        <span className="count">{n === 0 ? "" : formats.number(n)}</span>
      </summary>
      {/* biome-ignore lint/a11y/useSemanticElements: a second fieldset would be announced with the first */}
      <div role="group" aria-label={name}>
        {codes.map((code) => (
          <Check
            key={code}
            label={labels.code("scenario", code, language)}
            isChecked={chosen.includes(code)}
            onChange={(isIn) => onChange(code, isIn)}
          />
        ))}
      </div>
    </details>
  );
}
