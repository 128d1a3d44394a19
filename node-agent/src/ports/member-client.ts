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

/** The request to change the key. */
export interface RotateRequest {
  readonly centerId: string;
  /** The new key; 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Compact JWS by the new key over the challenge. */
  readonly proofOfPossession: string;
  /** Compact JWS by the current or the recovery key, over the same. */
  readonly authorization: string;
  /** Feed in which the current key stays valid, 16 bytes; empty: it ends at once. */
  readonly previousKeyFeed: Uint8Array;
  readonly previousKeyBeforeSeq: bigint;
}

/** What holds after it. */
export interface RotateAnswer {
  readonly validFromPosition: bigint;
  /** As in the request, or as in an earlier one for the same key. */
  readonly previousKeyFeed: Uint8Array;
  readonly previousKeyBeforeSeq: bigint;
}

/** The request to end the membership. */
export interface LeaveRequest {
  readonly centerId: string;
  /** Compact JWS by the current or the recovery key over the challenge. */
  readonly authorization: string;
  /** Whether the contents of the records stay in the hub's log. */
  readonly keepsContents: boolean;
}

/** What the hub says of a center that left. */
export interface LeaveAnswer {
  /** Position in the hub's log. */
  readonly position: bigint;
  /** A signed note; nothing in it is proven. */
  readonly certificate: string;
}

/** The request for a certificate with which the agent says who it is over TLS. */
export interface CertificateRequest {
  readonly centerId: string;
  /** SubjectPublicKeyInfo in DER, ECDSA on P-256. */
  readonly tlsPublicKey: Uint8Array;
  /** Compact JWS by the current key over the challenge. */
  readonly authorization: string;
}

/** How an agent becomes a member, changes its key, and leaves. */
export interface MemberClient extends AsyncDisposable {
  requestChallenge(centerId: string, signal: AbortSignal): Promise<JoinChallenge>;
  join(request: JoinRequest, signal: AbortSignal): Promise<JoinAnswer>;
  rotate(request: RotateRequest, signal: AbortSignal): Promise<RotateAnswer>;
  /** @returns The certificate, X.509 in DER. Nothing in it is proven. */
  issueCertificate(request: CertificateRequest, signal: AbortSignal): Promise<Uint8Array>;
  leave(request: LeaveRequest, signal: AbortSignal): Promise<LeaveAnswer>;
}
