import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { grpcServiceDefinition } from "./grpc.ts";
import { IngestService, PublishRequestSchema, QueryService } from "./wire.ts";

test("a service becomes a definition for grpc-js", () => {
  const definition = grpcServiceDefinition(IngestService);
  expect(Object.keys(definition)).toEqual(["publish", "feedHead"]);
  expect(definition["publish"]).toMatchObject({
    path: "/tributary.v1.IngestService/Publish",
    requestStream: true,
    responseStream: true,
  });
  expect(definition["feedHead"]).toMatchObject({ requestStream: false, responseStream: false });
  const query = grpcServiceDefinition(QueryService);
  expect(query["watch"]).toMatchObject({ requestStream: false, responseStream: true });
});

test("a method reads what it writes, as a Buffer", () => {
  const method = grpcServiceDefinition(IngestService)["publish"];
  const value = Uint8Array.of(1, 2, 3);
  const message = create(PublishRequestSchema, { item: { case: "batch", value } });
  const bytes = method?.requestSerialize(message);
  expect(bytes).toBeInstanceOf(Buffer);
  expect(method?.requestDeserialize(bytes as Buffer)).toEqual(message);
});
