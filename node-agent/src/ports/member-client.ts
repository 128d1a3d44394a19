/** What the hub says when an agent asks to join. */
export interface JoinChallenge {
  /** 32 bytes; good for one use. */
  readonly challenge: Uint8Array;
  /** The hub's origin. */
  readonly hubOrigin: string;
  /** The hub's C2SP verifier key. */
  readonly hubVkey: string;
}

/** The request to join. */
export interface JoinRequest {
  readonly centerId: string;
  readonly invitationSecret: string;
  /** 32 bytes each. */
  readonly publicKey: Uint8Array;
  readonly recoveryPublicKey: Uint8Array;
  /** Compact JWS over the challenge. */
  readonly proofOfPossession: string;
  readonly agentVersion: string;
}

/** The hub's answer. */
export interface JoinAnswer {
  readonly state: "pending" | "approved" | "rejected" | "suspended" | "revoked" | "left";
  /** Six characters, as the operator's screen shows them. */
  readonly checkCode: string;
}

/** How an agent becomes a member. */
export interface MemberClient extends AsyncDisposable {
  requestChallenge(centerId: string, signal: AbortSignal): Promise<JoinChallenge>;
  join(request: JoinRequest, signal: AbortSignal): Promise<JoinAnswer>;
}
