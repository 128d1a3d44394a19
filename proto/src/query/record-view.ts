/**
 * A record as the catalog shows it.
 *
 * @see ../../tributary/v1/query_service.proto
 * @module
 */

import { create, type Message } from "@bufbuild/protobuf";
import { TributaryError } from "../errors.ts";
import { type RecordBody, RecordBodySchema } from "../gen/tributary/v1/body_pb.ts";
import {
  type RecordRef as RecordRefMessage,
  RecordRefSchema,
  RecordViewSchema,
} from "../gen/tributary/v1/query_service_pb.ts";
import { type Codec, completeCodec, fromPlain, type PlainOptions, toPlain } from "../plain.ts";
import { type Body, bodyMessages } from "../record/body.ts";
import { isIdentifier, isRecordKey } from "../record/identifier.ts";
import type { RecordKind } from "../record/kind.ts";
import type { Provenance, RecordState, Visibility } from "../record/record.ts";
import type { RecordRef } from "../record/urn.ts";

/** Keeps records whose field has one of the values; also says which values a record has. */
export interface FieldFilter {
  /** One of {@link FACET_FIELDS}. */
  readonly field: string;
  /** Codes; in a filter, a code of a hierarchy (region, industry) also keeps what is below it. */
  readonly values: readonly string[];
}

/** What a check found in a record: why it is quarantined, or what a curator should look at. */
export interface RecordFinding {
  /** The rule, as the protocol's README numbers it: H1 to H12, or I7. */
  readonly rule: string;
  /** A word for what is wrong, for programs. */
  readonly code: string;
  /** Which part of the record. */
  readonly subject: string;
  /** A sentence with the value and the limit. */
  readonly message: string;
  readonly messageZh: string;
}

/** A record as the catalog shows it. */
export interface RecordView {
  readonly ref: RecordRef;
  /** The same as a URN. */
  readonly urn: string;
  /** Revision of the center. */
  readonly revision: number;
  /** Title for people. */
  readonly title: string;
  /** First sentences for people. */
  readonly summary: string;
  readonly state: RecordState;
  /** Why, where the state is not live: a code or a curator's reason; empty otherwise. */
  readonly stateReason: string;
  readonly visibility: Visibility;
  /** SPDX id or URL; may be empty. */
  readonly license: string;
  readonly provenance?: Provenance | undefined;
  readonly centerName: string;
  /** Position in the log of its batch. */
  readonly logPosition: number;
  /** Index of the record in its batch. */
  readonly recordIndex: number;
  /** When the hub received it; ms since the epoch. */
  readonly receivedAtMs: number;
  /** Facet codes by field. */
  readonly facets: readonly FieldFilter[];
  /** Only from get, list and watch, and only where there is a readable one. */
  readonly body?: Body | undefined;
  /** What the checks of its kind found; empty for readers other than its center and operators. */
  readonly findings: readonly RecordFinding[];
  /** Of a provider that is shown: the entity that it describes; otherwise empty. */
  readonly entityId: string;
}

/** The case of the oneof in RecordBody that carries a kind. */
function caseOf(kind: RecordKind): string {
  return kind === "voucher_programme" ? "voucherProgramme" : kind;
}

/** Between a body and its message. A body leaves out defaults, whatever surrounds it. Absent kinds are refused. */
const bodyCodec: Codec<Body, typeof RecordBodySchema> = {
  encode: ({ kind, value }) =>
    create(RecordBodySchema, {
      kind: {
        case: caseOf(kind),
        value: fromPlain(bodyMessages[kind], value),
      } as RecordBody["kind"],
    }),
  decode: ({ kind: set }) => {
    for (const kind in bodyMessages) {
      if (caseOf(kind as RecordKind) !== set.case) continue;
      const value = toPlain(bodyMessages[kind as RecordKind], set.value as Message);
      return { kind, value } as Body;
    }
    throw new TributaryError("ERR_MESSAGE_MALFORMED", "RecordBody has no kind that is known");
  },
};

/** How messages that contain record views are read and written. */
export const viewOptions: Omit<PlainOptions, "complete"> = {
  codecs: { "tributary.v1.RecordBody": bodyCodec },
};

/** Between a record view and its message. */
export const recordViewCodec: Codec<RecordView, typeof RecordViewSchema> = completeCodec<
  RecordView,
  typeof RecordViewSchema
>(RecordViewSchema, viewOptions);

const anyRef = completeCodec<RecordRef, typeof RecordRefSchema>(RecordRefSchema);

/**
 * Between a reference and its message, which a request may lack.
 *
 * Decoding throws {@link TributaryError} `ERR_QUERY_INVALID` if it is missing or names nothing.
 */
export const recordRefCodec: {
  readonly encode: (ref: RecordRef) => RecordRefMessage;
  readonly decode: (message: RecordRefMessage | undefined) => RecordRef;
} = {
  encode: anyRef.encode,
  decode: (message) => {
    let cause: unknown;
    try {
      const ref = message && anyRef.decode(message);
      if (ref && isIdentifier(ref.centerId) && isRecordKey(ref.key)) return ref;
    } catch (error) {
      cause = error;
    }
    throw new TributaryError(
      "ERR_QUERY_INVALID",
      "ref must name a record: its center_id, kind and key",
      { messageZh: "ref 须给出记录的 center_id、kind 与 key", cause },
    );
  },
};
