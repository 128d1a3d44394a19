/** Members: who waits for approval with their check code, an invitation, and all of them. @module */

import { Button, Table, TextInput } from "@mantine/core";
import type { MemberState, MemberView } from "@tributary/sdk/operator";
import { useState } from "react";
import { DataTable } from "../data-table.tsx";
import type { MessageName } from "../language.ts";
import { Answer } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { Snippet } from "../snippets.tsx";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { centerHash } from "../views.ts";
import { ActionForm } from "./action-form.tsx";
import { AsCode } from "./as-code.tsx";
import { Failure } from "./failure.tsx";
import { useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

export const STATE_NAMES = {
  pending: "statePending",
  approved: "stateApproved",
  rejected: "stateRejected",
  suspended: "stateSuspended",
  revoked: "stateRevoked",
  left: "stateLeft",
} as const satisfies Record<MemberState, MessageName>;

const STATE_CHIPS: Readonly<Record<MemberState, string>> = {
  pending: "chip-pending",
  approved: "chip-live",
  rejected: "chip-hidden",
  suspended: "chip-stale",
  revoked: "chip-hidden",
  left: "",
};

export function MembersPage() {
  const { t } = useView();
  const { client, may } = useOperator();
  const asked = useAnswer("operate members", (signal) => client.members({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {(members) => {
        const waiting = members.filter(({ state }) => state === "pending");
        return (
          <>
            <Section title={t("membersWaiting", { n: waiting.length })}>
              <p className="hint">
                {t(waiting.length === 0 ? "membersNoneWaiting" : "memberCheckHint")}
              </p>
              {waiting.map((member) => (
                <Request key={member.centerId} member={member} onDecided={asked.again} />
              ))}
            </Section>
            {may("enrolment") && <Invite />}
            <AllMembers members={members} />
          </>
        );
      }}
    </Answer>
  );
}

interface RequestProps {
  readonly member: MemberView;
  readonly onDecided: () => void;
}

/** One center that asks to join. */
function Request({ member, onDecided }: RequestProps) {
  const { t, formats } = useView();
  const { client, may } = useOperator();
  const { centerId, centerName, checkCode, sinceMs } = member;
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const decide = useAction(
    (state: "approved" | "rejected") =>
      client.setMemberState({ center: centerId, state, reason: reason.trim() }),
    onDecided,
  );
  const reject = () => {
    setMissing(reason.trim() === "");
    if (reason.trim() !== "") void decide.run("rejected");
  };
  return (
    <article className="request">
      <h3>
        {centerName} <span className="hint">{centerId}</span>
      </h3>
      <p>
        {t("memberCheck")} <strong className="check-code">{checkCode}</strong>{" "}
        <span className="hint">{formats.instant(sinceMs)}</span>
      </p>
      {may("enrolment") && (
        <>
          <TextInput
            id={`reason-${centerId}`}
            label={t("memberReason")}
            error={isMissing ? t("memberReasonNeeded") : undefined}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <p className="form-actions">
            <Button disabled={decide.isBusy} onClick={() => void decide.run("approved")}>
              {t("memberApprove")}
            </Button>
            <Button variant="outline" color="red" disabled={decide.isBusy} onClick={reject}>
              {t("memberReject")}
            </Button>
          </p>
        </>
      )}
      <Failure error={decide.error} />
      <AsCode
        cli={`members approve ${centerId}`}
        sdk={`await operator.setMemberState({ center: ${JSON.stringify(centerId)}, state: "approved" });`}
      />
    </article>
  );
}

function Invite() {
  const { t, formats } = useView();
  const { client } = useOperator();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const invite = useAction(() => client.invite({ center: id.trim(), name: name.trim() }));
  return (
    <ActionForm
      title={t("inviteCenter")}
      submit={t("inviteSubmit")}
      action={invite}
      outcome={({ expiresAtMs, code }) => (
        <Snippet title={t("inviteCode", { until: formats.instant(expiresAtMs) })} text={code} />
      )}
      cli={`invite --center ${id || "<id>"} --name ${JSON.stringify(name || "<name>")}`}
      sdk={`const { code } = await operator.invite(${JSON.stringify({ center: id, name })});`}
    >
      <TextInput
        id="invite-id"
        label={t("inviteCenterId")}
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <TextInput
        id="invite-name"
        label={t("inviteCenterName")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ActionForm>
  );
}

function AllMembers({ members }: { readonly members: readonly MemberView[] }) {
  const { t, formats, nowMs } = useView();
  return (
    <Section title={t("membersAll")}>
      <div className="table-box">
        <DataTable
          columns={[
            t("centerId"),
            t("memberState"),
            t("memberSeen"),
            { figure: t("memberRecords") },
            t("memberPaused"),
          ]}
        >
          {members.map((member) => (
            <Table.Tr key={member.centerId}>
              <Table.Th scope="row">
                <a href={hrefOf({ ...START, view: centerHash(member.centerId) })}>
                  {member.centerName || member.centerId}
                </a>
              </Table.Th>
              <Table.Td>
                <span className={`chip ${STATE_CHIPS[member.state]}`}>
                  {t(STATE_NAMES[member.state])}
                </span>{" "}
                {member.reason}
              </Table.Td>
              <Table.Td>
                {member.lastSeenMs === 0
                  ? t("memberNever")
                  : formats.ago(member.lastSeenMs, nowMs())}
              </Table.Td>
              <Table.Td className="figure">{formats.number(member.liveRecords)}</Table.Td>
              <Table.Td>{member.pausedCode}</Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      </div>
    </Section>
  );
}
