/** What the pages of operators share: their client, and who is signed in. @module */

import type {
  Administration,
  Assessor,
  Operator as Curation,
  Role,
  Session,
} from "@tributary/sdk/operator";
import { createContext, useContext } from "react";
import type { MessageName } from "../language.ts";

export type OperatorClient = Curation & Administration & Assessor;

export interface Operator {
  readonly client: OperatorClient;
  readonly session: Session;
  /** Whether the role suffices for one that a grant is named after. */
  readonly may: (role: Role) => boolean;
}

const Context = createContext<Operator | undefined>(undefined);

export const OperatorProvider = Context.Provider;

/** @throws {TypeError} where nobody is signed in. */
export function useOperator(): Operator {
  const operator = useContext(Context);
  if (operator === undefined) throw new TypeError("this component is for operators");
  return operator;
}

export const ROLE_NAMES: Readonly<Record<Role, MessageName>> = {
  viewer: "roleViewer",
  curator: "roleCurator",
  enrolment: "roleEnrolment",
  assessor: "roleAssessor",
  admin: "roleAdmin",
};
