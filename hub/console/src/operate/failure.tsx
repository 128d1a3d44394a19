/** Why an action did not work. @module */

import { errorCode, errorText } from "../problem.tsx";
import { useView } from "../view.tsx";

/** Nothing where there is no error. */
export function Failure({ error }: { readonly error: unknown }) {
  const { language } = useView();
  if (error === undefined) return null;
  return (
    <p className="field-error" role="alert">
      {errorText(error, language)} <code>{errorCode(error)}</code>
    </p>
  );
}
