/** The button below a list that asks for more of it. @module */

import { Button } from "@mantine/core";
import { useView } from "./view.tsx";

/** Nothing where the list is at its end. */
export function MoreButton({ readOn }: { readonly readOn: (() => void) | undefined }) {
  const { t } = useView();
  if (readOn === undefined) return null;
  return (
    <Button variant="light" onClick={readOn}>
      {t("providersMore")}
    </Button>
  );
}
