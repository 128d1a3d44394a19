/** An action as a command and as code, folded. @module */

import { Snippet } from "../snippets.tsx";
import { useView } from "../view.tsx";

export interface AsCodeProps {
  /** Arguments of `tributary-hub`, where it has a command for it. */
  readonly cli?: string | undefined;
  /** A statement with `client` and `operator`, its operator's side. */
  readonly sdk: string;
}

export function AsCode({ cli, sdk }: AsCodeProps) {
  const { t, hubUrl } = useView();
  const program = `import { createClient } from "@tributary/sdk";
import { administrationOf, assessorOf, operatorOf } from "@tributary/sdk/operator";

const client = createClient({ url: ${JSON.stringify(hubUrl)}, token });
const operator = { ...operatorOf(client), ...administrationOf(client), ...assessorOf(client) };
${sdk}`;
  return (
    <details className="snippets">
      <summary>{t("asCommand")}</summary>
      {cli !== undefined && <Snippet title={t("asCli")} text={`tributary-hub ${cli}`} />}
      <Snippet title={t("snippetSdk")} text={program} />
    </details>
  );
}
