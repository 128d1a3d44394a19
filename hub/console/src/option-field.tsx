/** A text field with the list of a combobox below it. @module */

import { TextInput, type TextInputProps } from "@mantine/core";
import type { OptionList } from "./option-list.tsx";

export interface OptionFieldProps
  extends Pick<TextInputProps, "id" | "label" | "description" | "error"> {
  readonly value: string;
  readonly list: OptionList<never>;
  /** Gets what was typed; nothing is to be looked for while the input method composes. */
  readonly onType: (text: string, isComposing: boolean) => void;
}

export function OptionField({ list, onType, ...field }: OptionFieldProps) {
  return (
    <TextInput
      {...field}
      onChange={(event) =>
        onType(event.currentTarget.value, (event.nativeEvent as InputEvent).isComposing)
      }
      onCompositionEnd={(event) => onType(event.currentTarget.value, false)}
      onKeyDown={list.onKey}
      onBlur={() => list.open([])}
      inputContainer={(input) => (
        <div className="combobox">
          {input}
          {list.element}
        </div>
      )}
      {...list.fieldProps}
    />
  );
}
