/** The title of the browser's window. @module */

import { useEffect } from "react";
import { useView } from "./view.tsx";

/** What is shown, before the name of the hub's page; empty for the name alone. */
export function useTitle(shown: string): void {
  const { t } = useView();
  const name = t("title");
  useEffect(() => {
    document.title = shown === "" ? name : `${shown} · ${name}`;
  }, [shown, name]);
}
