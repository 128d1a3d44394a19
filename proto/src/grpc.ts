/**
 * The bridge from service descriptors to grpc-js, which protobuf-es does not generate. Its types are spelled out, so
 * that this package does not depend on grpc-js.
 *
 * @module
 */

import { type DescService, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { plainView } from "./crypto/bytes.ts";

/** One method, in the shape of `MethodDefinition` of @grpc/grpc-js. */
export interface GrpcMethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: Message) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Message;
  readonly responseSerialize: (message: Message) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Message;
}

/**
 * The definition that `Server.addService` and `makeGenericClientConstructor` of @grpc/grpc-js take; methods by their
 * local name, for example `listEntries`.
 */
export function grpcServiceDefinition(service: DescService): Record<string, GrpcMethodDefinition> {
  const methods: Record<string, GrpcMethodDefinition> = {};
  for (const method of service.methods) {
    const { input, output, methodKind } = method;
    methods[method.localName] = {
      path: `/${service.typeName}/${method.name}`,
      requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
      responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
      requestSerialize: (message) => bufferOf(toBinary(input, message)),
      requestDeserialize: (bytes) => fromBinary(input, plainView(bytes)),
      responseSerialize: (message) => bufferOf(toBinary(output, message)),
      responseDeserialize: (bytes) => fromBinary(output, plainView(bytes)),
    };
  }
  return methods;
}

/** The same memory as a Buffer, which grpc-js insists on. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
