/**
 * Messages as plain objects, and back: the generic codec behind the domain values.
 *
 * A plain object has the message's field names in camelCase; enums as lower-case strings without their common prefix;
 * 64-bit integers as numbers, refused above 2^53 - 1; bytes as `Uint8Array`; maps as objects; the set field of a oneof
 * under its own name. Fields that are unset or have their default are left out.
 *
 * @module
 */

import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type Message,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { TributaryError } from "./errors.ts";

/** How to treat what proto3 cannot tell from absence. */
export interface PlainOptions {
  /**
   * Fill in what is left out: empty texts, bytes and lists, zeros, `false`. An enum without a value is then refused,
   * unless {@link PlainOptions.zeroNames} names its zero. Unset messages and `optional` fields stay absent.
   */
  readonly complete?: boolean;
  /** Names of the zero of some enums, by type name, where zero has a meaning. */
  readonly zeroNames?: Readonly<Record<string, string>>;
  /** Own codecs of some messages, by type name, where the plain form is another. */
  // biome-ignore lint/suspicious/noExplicitAny: each codec has its own types, found by the message's name
  readonly codecs?: Readonly<Record<string, Codec<any, any>>>;
}

type Fields = Record<string, unknown>;

/**
 * A message as a plain object.
 *
 * @returns A `Value`, as far as the descriptor can tell: the caller vouches that the type fits it.
 * @throws {TributaryError} `ERR_MESSAGE_MALFORMED` for an integer above 2^53 - 1 or an enum number without a name.
 */
export function toPlain<Value = unknown>(
  desc: DescMessage,
  message: Message,
  options: PlainOptions = {},
): Value {
  const source = message as unknown as Fields;
  const plain: Fields = {};
  for (const field of desc.fields) {
    const value = readField(field, source, options);
    if (value !== undefined) plain[field.localName] = value;
  }
  return plain as Value;
}

function readField(field: DescField, source: Fields, options: PlainOptions): unknown {
  if (field.oneof !== undefined) {
    const set = source[field.oneof.localName] as { case?: string; value?: unknown };
    return set.case === field.localName ? readValue(field, set.value, options) : undefined;
  }
  const value = source[field.localName];
  switch (field.fieldKind) {
    case "list": {
      const list = value as readonly unknown[];
      if (list.length === 0 && !options.complete) return undefined;
      return list.map((item) => readValue(field, item, options));
    }
    case "map": {
      const entries = Object.entries(value as Fields);
      if (entries.length === 0 && !options.complete) return undefined;
      return Object.fromEntries(
        entries.map(([key, item]) => [key, readValue(field, item, options)]),
      );
    }
    case "message":
      return value === undefined ? undefined : readValue(field, value, options);
    default: {
      if (value === undefined) return undefined;
      const absent = field.presence === IMPLICIT && isDefault(value);
      return absent && !options.complete ? undefined : readValue(field, value, options);
    }
  }
}

/** `FeatureSet.FieldPresence.IMPLICIT` of google/protobuf/descriptor.proto. */
const IMPLICIT = 2;

function isDefault(value: unknown): boolean {
  return (
    value === "" || value === 0n || Object.is(value, 0) || value === false || isEmptyBytes(value)
  );
}

function isEmptyBytes(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === 0;
}

/** One value: of a singular field, of a list element, or of a map entry. */
function readValue(field: DescField, value: unknown, options: PlainOptions): unknown {
  if (field.message !== undefined) {
    const codec = options.codecs?.[field.message.typeName];
    if (codec !== undefined) return codec.decode(value as Message);
    return toPlain(field.message, value as Message, options);
  }
  if (field.enum !== undefined) {
    const name = enumNames(field.enum).byNumber.get(value as number);
    if (value === 0) {
      const zero = options.zeroNames?.[field.enum.typeName];
      if (zero !== undefined) return zero;
      throw malformed(field, "it is not set");
    }
    if (name === undefined) throw malformed(field, `${value} is not known to this version`);
    return name;
  }
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw malformed(field, `${value} is beyond 2^53 - 1`);
    return number;
  }
  return value;
}

/**
 * The message of a plain object.
 *
 * @param value Members that are undefined count as left out.
 * @throws {TributaryError} `ERR_MESSAGE_MALFORMED` for a member that is no field, or a value that does not fit its field.
 */
export function fromPlain<Desc extends DescMessage>(
  desc: Desc,
  value: object,
  options: PlainOptions = {},
): MessageShape<Desc> {
  const message = create(desc);
  const target = message as unknown as Fields;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const field = Object.hasOwn(desc.field, name) ? desc.field[name] : undefined;
    if (field === undefined) {
      throw new TributaryError("ERR_MESSAGE_MALFORMED", `${desc.name} has no field ${name}`);
    }
    if (field.oneof === undefined) {
      target[name] = writeField(field, member, options);
    } else {
      const set = target[field.oneof.localName] as { case?: string };
      if (set.case !== undefined) throw malformed(field, `${set.case} is set too`);
      target[field.oneof.localName] = { case: name, value: writeValue(field, member, options) };
    }
  }
  return message;
}

function writeField(field: DescField, value: unknown, options: PlainOptions): unknown {
  switch (field.fieldKind) {
    case "list":
      if (!Array.isArray(value)) throw malformed(field, "expected a list");
      return value.map((item) => writeValue(field, item, options));
    case "map": {
      if (typeof value !== "object" || value === null) throw malformed(field, "expected an object");
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, writeValue(field, item, options)]),
      );
    }
    default:
      return writeValue(field, value, options);
  }
}

function writeValue(field: DescField, value: unknown, options: PlainOptions): unknown {
  if (field.message !== undefined) {
    const codec = options.codecs?.[field.message.typeName];
    if (codec !== undefined) return codec.encode(value);
    if (typeof value !== "object" || value === null) throw malformed(field, "expected an object");
    return fromPlain(field.message, value, options);
  }
  if (field.enum !== undefined) {
    if (value === options.zeroNames?.[field.enum.typeName]) return 0;
    const number = enumNames(field.enum).byName.get(value as string);
    if (number === undefined) throw malformed(field, `${String(value)} is not one of its names`);
    return number;
  }
  const scalar = field.fieldKind === "map" || field.scalar !== undefined ? field.scalar : undefined;
  const written = scalar === undefined ? undefined : writeScalar(scalar, value);
  if (written === undefined)
    throw malformed(field, `a ${typeof value} does not fit or is too large`);
  return written;
}

/** The value as messages have it; undefined if it does not fit. */
function writeScalar(type: ScalarType, value: unknown): unknown {
  switch (type) {
    case ScalarType.STRING:
      return typeof value === "string" && value.isWellFormed() ? value : undefined;
    case ScalarType.BYTES:
      return value instanceof Uint8Array ? value : undefined;
    case ScalarType.BOOL:
      return typeof value === "boolean" ? value : undefined;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return typeof value === "number" ? value : undefined;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return isInteger(value, 0, 2 ** 32 - 1) ? value : undefined;
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return isInteger(value, -(2 ** 31), 2 ** 31 - 1) ? value : undefined;
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return isInteger(value, 0, Number.MAX_SAFE_INTEGER) ? BigInt(value) : undefined;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return isInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
        ? BigInt(value)
        : undefined;
  }
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

interface EnumNames {
  readonly byNumber: ReadonlyMap<number, string>;
  readonly byName: ReadonlyMap<string, number>;
}

const namesOfEnums = new WeakMap<DescEnum, EnumNames>();

/** Names without the common prefix, in lower case; without the zero, which says that nothing is set. */
function enumNames(desc: DescEnum): EnumNames {
  let names = namesOfEnums.get(desc);
  if (names === undefined) {
    const prefix = desc.sharedPrefix?.length ?? 0;
    const pairs = desc.values
      .filter(({ number }) => number !== 0)
      .map(({ name, number }) => [name.slice(prefix).toLowerCase(), number] as const);
    names = {
      byName: new Map(pairs),
      byNumber: new Map(pairs.map(([name, number]) => [number, name])),
    };
    namesOfEnums.set(desc, names);
  }
  return names;
}

function malformed(field: DescField, problem: string): TributaryError {
  return new TributaryError(
    "ERR_MESSAGE_MALFORMED",
    `field ${field.localName} of ${field.parent.name}: ${problem}`,
    { details: { field: `${field.parent.name}.${field.localName}` } },
  );
}

/** A pair of encode and decode between one kind of message and its plain value. */
export interface Codec<Value, Desc extends DescMessage> {
  readonly encode: (value: Value) => MessageShape<Desc>;
  readonly decode: (message: MessageShape<Desc>) => Value;
}

/** The codec of a message whose plain value is complete: everything but messages and `optional` fields is there. */
export function completeCodec<Value extends object, Desc extends DescMessage>(
  desc: Desc,
  options: Omit<PlainOptions, "complete"> = {},
): Codec<Value, Desc> {
  const complete = { ...options, complete: true };
  return {
    encode: (value) => fromPlain(desc, value, complete),
    decode: (message) => toPlain<Value>(desc, message, complete),
  };
}
