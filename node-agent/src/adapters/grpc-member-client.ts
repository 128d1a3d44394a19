/**
 * {@link MemberClient} over gRPC.
 *
 * @module
 */

import { create } from "@bufbuild/protobuf";
import type { Clock } from "@tributary/proto";
import {
  IssueCertificateRequestSchema,
  type IssueCertificateResponse,
  JoinRequestSchema,
  type JoinResponse,
  LeaveRequestSchema,
  type LeaveResponse,
  MemberService,
  RequestChallengeRequestSchema,
  type RequestChallengeResponse,
  RotateRequestSchema,
  type RotateResponse,
} from "@tributary/proto/wire";
import type { MemberClient } from "../ports/member-client.ts";
import { grpcClient, type HubAddress, unaryCall } from "./grpc-channel.ts";
import { memberStateName } from "./hub-messages.ts";

const CALL_TIMEOUT_MS = 15_000;
/** The hub erases all that the center ever published before it answers. */
const LEAVE_TIMEOUT_MS = 600_000;

export function grpcMemberClient(address: HubAddress, clock: Clock): MemberClient {
  const client = grpcClient(MemberService, address);
  const options = (signal: AbortSignal) => ({
    deadlineMs: clock.now() + CALL_TIMEOUT_MS,
    signal,
  });
  return {
    async requestChallenge(centerId, signal) {
      const request = create(RequestChallengeRequestSchema, { centerId });
      const answer: RequestChallengeResponse = await unaryCall(
        client,
        MemberService,
        "requestChallenge",
        request,
        options(signal),
      );
      const { challenge, hubOrigin, hubVkey } = answer;
      return { challenge, hubOrigin, hubVkey };
    },
    async join(request, signal) {
      const answer: JoinResponse = await unaryCall(
        client,
        MemberService,
        "join",
        create(JoinRequestSchema, request),
        options(signal),
      );
      return { state: memberStateName(answer.state), checkCode: answer.checkCode };
    },
    rotate(request, signal): Promise<RotateResponse> {
      return unaryCall(
        client,
        MemberService,
        "rotate",
        create(RotateRequestSchema, request),
        options(signal),
      );
    },
    async issueCertificate(request, signal) {
      const answer: IssueCertificateResponse = await unaryCall(
        client,
        MemberService,
        "issueCertificate",
        create(IssueCertificateRequestSchema, request),
        options(signal),
      );
      return answer.certificate;
    },
    leave(request, signal): Promise<LeaveResponse> {
      const message = create(LeaveRequestSchema, request);
      const deadlineMs = clock.now() + LEAVE_TIMEOUT_MS;
      return unaryCall(client, MemberService, "leave", message, { deadlineMs, signal });
    },
    async [Symbol.asyncDispose]() {
      client.close();
    },
  };
}
