/** API keys of programs: made, shown once, revoked. @module */

import { Button, NativeSelect, Table, TextInput } from "@mantine/core";
import type { ApiKeyView } from "@tributary/sdk/operator";
import { useState } from "react";
import { DataTable } from "../data-table.tsx";
import { Answer } from "../page-frame.tsx";
import { Snippet } from "../snippets.tsx";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { ActionForm } from "./action-form.tsx";
import { Failure } from "./failure.tsx";
import { useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

/** What a key may do, as the hub names it. */
const SCOPES = ["read", "read:members", "metrics", "operate"] as const;

export function KeysPage() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer("operate keys", (signal) => client.keys({ signal }));
  return (
    <>
      <Create onCreated={asked.again} />
      <Answer asked={asked} waiting={t("operateLoading")}>
        {(keys) => <Keys keys={keys} onRevoked={asked.again} />}
      </Answer>
    </>
  );
}

function Create({ onCreated }: { readonly onCreated: () => void }) {
  const { t } = useView();
  const { client } = useOperator();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<string>("read");
  const create = useAction(() => client.createKey(name, [scope]), onCreated);
  return (
    <ActionForm
      title={t("keyCreate")}
      submit={t("keyCreate")}
      action={create}
      outcome={({ key }) => <Snippet title={t("keyText")} text={key} />}
      cli={`keys create --name ${JSON.stringify(name || "<name>")} --scope ${scope}`}
      sdk={`const { key } = await operator.createKey(${JSON.stringify(name)}, ["${scope}"]);`}
    >
      <TextInput
        id="key-name"
        label={t("keyPurpose")}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        id="key-scope"
        label={t("keyScopes")}
        value={scope}
        onChange={(event) => setScope(event.currentTarget.value)}
        data={[...SCOPES]}
      />
    </ActionForm>
  );
}

interface KeysProps {
  readonly keys: readonly ApiKeyView[];
  readonly onRevoked: () => void;
}

function Keys({ keys, onRevoked }: KeysProps) {
  const { t, formats } = useView();
  const { client } = useOperator();
  const revoke = useAction((id: string) => client.revokeKey(id), onRevoked);
  return (
    <Section title={t("keysList")}>
      <Failure error={revoke.error} />
      {keys.length === 0 ? (
        <p className="hint">{t("keysNone")}</p>
      ) : (
        <div className="table-box">
          <DataTable columns={[t("keyPurpose"), t("keyScopes"), t("keyEnds"), t("decisionAction")]}>
            {keys.map(({ id, name, scopes, expiresAtMs, revokedAtMs }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{scopes.join(" ")}</Table.Td>
                <Table.Td>{formats.instant(expiresAtMs)}</Table.Td>
                <Table.Td>
                  {revokedAtMs > 0 ? (
                    t("keyRevoked")
                  ) : (
                    <Button
                      variant="outline"
                      color="red"
                      size="compact-md"
                      aria-label={t("keyRevokeName", { name })}
                      disabled={revoke.isBusy}
                      onClick={() => void revoke.run(id)}
                    >
                      {t("keyRevoke")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        </div>
      )}
    </Section>
  );
}
