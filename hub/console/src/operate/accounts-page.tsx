/** The people who operate the hub: invited by a link, with a role, and removed. @module */

import { Button, NativeSelect, Table, TextInput } from "@mantine/core";
import { type AccountView, ROLES, type Role } from "@tributary/sdk/operator";
import { useState } from "react";
import { DataTable } from "../data-table.tsx";
import { Answer } from "../page-frame.tsx";
import { Snippet } from "../snippets.tsx";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { linkHash } from "../views.ts";
import { ActionForm } from "./action-form.tsx";
import { Failure } from "./failure.tsx";
import { ROLE_NAMES, useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

export function AccountsPage() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer("operate accounts", (signal) => client.accounts({ signal }));
  return (
    <>
      <Invite onInvited={asked.again} />
      <Answer asked={asked} waiting={t("operateLoading")}>
        {(accounts) => <Accounts accounts={accounts} onRemoved={asked.again} />}
      </Answer>
    </>
  );
}

function Invite({ onInvited }: { readonly onInvited: () => void }) {
  const { t, formats, hubUrl } = useView();
  const { client } = useOperator();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const invite = useAction(() => client.inviteAccount(name, role), onInvited);
  return (
    <ActionForm
      title={t("accountInvite")}
      submit={t("accountInvite")}
      action={invite}
      outcome={({ expiresAtMs, link }) => (
        <Snippet
          title={t("accountLink", { until: formats.instant(expiresAtMs) })}
          text={`${hubUrl}/${linkHash(link)}`}
        />
      )}
      cli={`accounts invite ${name || "<name>"} --role ${role}`}
      sdk={`const { link } = await operator.inviteAccount(${JSON.stringify(name)}, "${role}");`}
    >
      <TextInput
        id="account-invite-name"
        label={t("accountName")}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        id="account-invite-role"
        label={t("accountRole")}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
        data={ROLES.map((value) => ({ value, label: t(ROLE_NAMES[value]) }))}
      />
    </ActionForm>
  );
}

interface AccountsProps {
  readonly accounts: readonly AccountView[];
  readonly onRemoved: () => void;
}

function Accounts({ accounts, onRemoved }: AccountsProps) {
  const { t, formats } = useView();
  const { client } = useOperator();
  const remove = useAction((name: string) => client.removeAccount(name), onRemoved);
  return (
    <Section title={t("accountsList")}>
      <Failure error={remove.error} />
      <div className="table-box">
        <DataTable
          columns={[
            t("accountName"),
            t("accountRole"),
            t("accountState"),
            t("memberSince"),
            t("decisionAction"),
          ]}
        >
          {accounts.map(({ name, role, hasPassword, createdAtMs }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{t(ROLE_NAMES[role])}</Table.Td>
              <Table.Td>
                <span className={`chip ${hasPassword ? "chip-live" : "chip-pending"}`}>
                  {t(hasPassword ? "accountActive" : "accountInvited")}
                </span>
              </Table.Td>
              <Table.Td>{formats.instant(createdAtMs)}</Table.Td>
              <Table.Td>
                <Button
                  variant="outline"
                  color="red"
                  size="compact-md"
                  aria-label={t("accountRemoveName", { name })}
                  disabled={remove.isBusy}
                  onClick={() => void remove.run(name)}
                >
                  {t("accountRemove")}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      </div>
    </Section>
  );
}
