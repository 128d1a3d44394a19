/** Signing in: at the organisation's provider, by name and password, or by a link that works once. @module */

import { Button, TextInput } from "@mantine/core";
import { ORGANISATION_SIGN_IN } from "@tributary/sdk/operator";
import { type FormEvent, useState } from "react";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { Failure } from "./failure.tsx";
import type { OperatorClient } from "./operator.tsx";
import { useAction } from "./use-action.ts";

export interface SignInProps {
  readonly client: OperatorClient;
  /** Secret of the link; empty for a password. */
  readonly link: string;
  readonly onSignedIn: () => void;
}

export function SignIn({ client, link, onSignedIn }: SignInProps) {
  const { t } = useView();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const isLink = link !== "";
  // Passwords are there whether or not the hub says so.
  const { value: hasOrganisation = false } = useAnswer("sign-in organisation", (signal) =>
    client.hasOrganisationSignIn({ signal }),
  );
  const signIn = useAction(
    () => (isLink ? client.redeemLink(link, name, password) : client.signIn(name, password)),
    onSignedIn,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn.run(undefined);
  };
  return (
    <form className="panel sign-in" onSubmit={submit}>
      <h2>{t(isLink ? "linkTitle" : "signIn")}</h2>
      <p className="hint">{t(isLink ? "linkIntro" : "operateIntro")}</p>
      {hasOrganisation && !isLink && (
        <>
          <Button component="a" href={ORGANISATION_SIGN_IN} size="md">
            {t("signInOrganisation")}
          </Button>
          <p className="hint">{t("signInPassword")}</p>
        </>
      )}
      <TextInput
        id="account-name"
        label={t("accountName")}
        autoComplete="username"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        id="account-password"
        type="password"
        label={t("password")}
        description={isLink ? t("passwordHint") : undefined}
        autoComplete={isLink ? "new-password" : "current-password"}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Failure error={signIn.error} />
      <Button
        type="submit"
        size="md"
        variant={hasOrganisation && !isLink ? "default" : "filled"}
        disabled={signIn.isBusy}
      >
        {t(isLink ? "linkSubmit" : "signIn")}
      </Button>
    </form>
  );
}
