/** Numbers with their names, and numbers that open the buckets which they rest on. @module */

import { type ReactNode, useState } from "react";
import { useView } from "../view.tsx";
import { BucketPanel, type BucketPanelProps } from "./bucket-panel.tsx";

/** A number with its name. */
export type NamedFigure = readonly [name: string, value: string];

export interface FiguresProps extends Omit<BucketPanelProps, "isOpen"> {
  /** Each opens the buckets. */
  readonly figures: readonly NamedFigure[];
  /** Figures that no few buckets stand behind. */
  readonly children?: ReactNode;
}

/** Figures; all of them say together whether their buckets are open. */
export function Figures({ figures, children, ...panel }: FiguresProps) {
  const { t } = useView();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <dl className="figures">
        {figures.map(([name, value]) => (
          <Figure key={name} name={name}>
            <button
              type="button"
              className="number"
              aria-expanded={isOpen}
              aria-controls={panel.id}
              aria-label={t("figureOpen", { name, value })}
              onClick={() => setOpen(!isOpen)}
            >
              {value}
            </button>
          </Figure>
        ))}
        {children}
      </dl>
      <BucketPanel {...panel} isOpen={isOpen} />
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** A number with its name; a group of a `dl` of the class `figures`. */
export function Figure({ name, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
