/** Names of centers, for components that have their identifiers. @module */

import { useAnswer } from "./use-answer.ts";
import { useView } from "./view.tsx";

/** @returns The name of a center; its identifier until the names are known, and where it shows no record. */
export function useCenterNames(): (id: string) => string {
  const { client, labels, language } = useView();
  useAnswer("center names", async (signal) => {
    labels.learn((await client.facets({ fields: ["center"], signal })).facets);
    return true;
  });
  return (id) => labels.value("center", id, language);
}
