/** The frame of the pages of operators: who is signed in, and where one can go. @module */

import "./operate.css";
import { Button } from "@mantine/core";
import { administrationOf, assessorOf, operatorOf, type Session } from "@tributary/sdk/operator";
import { useEffect, useMemo } from "react";
import { forgetAnswers } from "../answers.ts";
import { HEADINGS, OPERATOR_HEADINGS } from "../headings.ts";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { OPERATOR_PAGES, type OperatorPage, operateHash } from "../views.ts";
import { AccountsPage } from "./accounts-page.tsx";
import { AssessmentPage } from "./assess/assessment-page.tsx";
import { BenchmarksPage } from "./assess/benchmarks-page.tsx";
import { VouchersPage } from "./assess/vouchers-page.tsx";
import { CollectionsPage } from "./curate/collections-page.tsx";
import { TermsPage } from "./curate/terms-page.tsx";
import { DecisionsPage } from "./decisions-page.tsx";
import { HealthPage } from "./health-page.tsx";
import { InboxPage } from "./inbox/inbox-page.tsx";
import { MarketPage } from "./insight/market-page.tsx";
import { OverlapPage } from "./insight/overlap-page.tsx";
import { KeysPage } from "./keys-page.tsx";
import { LogPage } from "./log-page.tsx";
import { MembersPage } from "./members-page.tsx";
import { MergePage } from "./merge/merge-page.tsx";
import { type Operator, OperatorProvider, ROLE_NAMES } from "./operator.tsx";
import { SignIn } from "./sign-in.tsx";
import { useAction } from "./use-action.ts";

/** Pages that show nothing to who is no administrator. */
const FOR_ADMINS: readonly OperatorPage[] = ["accounts", "keys"];

export interface OperatePageProps {
  readonly page: OperatorPage;
  readonly about: readonly string[];
  /** Secret of a link with which somebody signs in; empty without one. */
  readonly link: string;
}

export default function OperatePage({ page, about, link }: OperatePageProps) {
  const { t, client: reader, go } = useView();
  const client = useMemo(
    () => ({ ...operatorOf(reader), ...administrationOf(reader), ...assessorOf(reader) }),
    [reader],
  );
  const asked = useAnswer("session", async (signal) => ({
    session: await client.session({ signal }),
  }));
  const signedIn = () => {
    forgetAnswers();
    asked.again();
    // The secret of a link stays in no history.
    if (link !== "")
      history.replaceState(history.state, "", hrefOf({ ...START, view: operateHash(page) }));
    go({ ...START, view: operateHash(page) });
  };
  const isSignedOut = asked.value !== undefined && asked.value.session === undefined;
  const heading = link !== "" || isSignedOut ? HEADINGS.signIn : OPERATOR_HEADINGS[page];
  return (
    <PageFrame heading={heading}>
      <Answer asked={asked} waiting={t("operateLoading")}>
        {({ session }) =>
          session === undefined || link !== "" ? (
            <SignIn client={client} link={link} onSignedIn={signedIn} />
          ) : (
            <Signed page={page} about={about} session={session} client={client} onLeft={signedIn} />
          )
        }
      </Answer>
    </PageFrame>
  );
}

interface SignedProps extends Pick<Operator, "client">, Pick<OperatePageProps, "page" | "about"> {
  readonly session: Session;
  readonly onLeft: () => void;
}

function Signed({ page, about, session, client, onLeft }: SignedProps) {
  const { t } = useView();
  const place = [page, ...about].join("/");
  // What operators see must be as the hub is now: coming back to a page asks again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: leaving a place forgets what it showed
  useEffect(() => () => forgetAnswers("operate "), [place]);
  const leave = useAction(() => client.signOut(), onLeft);
  const operator = useMemo<Operator>(
    () => ({
      client,
      session,
      may: (role) => session.role === "admin" || session.role === role,
    }),
    [client, session],
  );
  const shown = OPERATOR_PAGES.filter(
    (name) => operator.may("admin") || !FOR_ADMINS.includes(name),
  );
  return (
    <OperatorProvider value={operator}>
      <div className="operate-bar">
        <nav className="views" aria-label={t("operatePages")}>
          {shown.map((name) => (
            <a
              key={name}
              href={hrefOf({ ...START, view: operateHash(name) })}
              aria-current={name === page ? "page" : undefined}
            >
              {t(OPERATOR_HEADINGS[name].title)}
            </a>
          ))}
        </nav>
        <span className="hint">
          {t("signedInAs", { name: session.name, role: t(ROLE_NAMES[session.role]) })}
        </span>
        <Button variant="subtle" size="compact-md" onClick={() => void leave.run(undefined)}>
          {t("signOut")}
        </Button>
      </div>
      <CurrentPage key={place} page={shown.includes(page) ? page : "inbox"} about={about} />
    </OperatorProvider>
  );
}

function CurrentPage({ page, about }: Pick<OperatePageProps, "page" | "about">) {
  switch (page) {
    case "inbox":
      return <InboxPage />;
    case "merge":
      return <MergePage about={about} />;
    case "collections":
      return <CollectionsPage about={about} />;
    case "terms":
      return <TermsPage />;
    case "overlap":
      return <OverlapPage />;
    case "market":
      return <MarketPage />;
    case "assessment":
      return <AssessmentPage about={about} />;
    case "benchmarks":
      return <BenchmarksPage about={about} />;
    case "vouchers":
      return <VouchersPage />;
    case "members":
      return <MembersPage />;
    case "health":
      return <HealthPage />;
    case "decisions":
      return <DecisionsPage />;
    case "log":
      return <LogPage />;
    case "accounts":
      return <AccountsPage />;
    case "keys":
      return <KeysPage />;
  }
}
