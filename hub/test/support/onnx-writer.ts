/**
 * Writes ONNX models: as much of `onnx.proto` (ONNX IR version 8, operator set 17) as tests and benchmarks need.
 *
 * @module
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

const FLOAT = 1;
const INT64 = 7;

/** A value of the graph: `number` is a fixed dimension, `string` one of any length. */
export interface OnnxValue {
  readonly name: string;
  readonly type: "float32" | "int64";
  readonly dims: readonly (number | string)[];
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  /** Constants by name. */
  readonly tensors: Readonly<
    Record<
      string,
      { readonly dims: readonly number[]; readonly data: Float32Array | BigInt64Array }
    >
  >;
}

/** The bytes of a `ModelProto`. */
export function writeOnnx({ inputs, outputs, nodes, tensors }: OnnxGraph): Uint8Array {
  const graph = new BinaryWriter();
  for (const { op, inputs: from, outputs: to, attributes = {} } of nodes) {
    message(graph, 1, (node) => {
      for (const name of from) text(node, 1, name);
      for (const name of to) text(node, 2, name);
      text(node, 4, op);
      for (const [name, value] of Object.entries(attributes)) writeAttribute(node, name, value);
    });
  }
  text(graph, 2, "graph");
  for (const [name, { dims, data }] of Object.entries(tensors)) {
    message(graph, 5, (tensor) => {
      for (const dim of dims) integer(tensor, 1, dim);
      integer(tensor, 2, data instanceof Float32Array ? FLOAT : INT64);
      text(tensor, 8, name);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      tensor.tag(9, WireType.LengthDelimited).bytes(bytes);
    });
  }
  for (const value of inputs) writeValue(graph, 11, value);
  for (const value of outputs) writeValue(graph, 12, value);
  const model = new BinaryWriter();
  integer(model, 1, 8);
  model.tag(7, WireType.LengthDelimited).bytes(graph.finish());
  message(model, 8, (opset) => integer(opset, 2, 17));
  return model.finish();
}

function writeAttribute(node: BinaryWriter, name: string, value: number | readonly number[]): void {
  message(node, 5, (attribute) => {
    text(attribute, 1, name);
    if (typeof value !== "number") {
      for (const number of value) integer(attribute, 8, number);
      integer(attribute, 20, 7);
    } else if (Number.isInteger(value)) {
      integer(attribute, 3, value);
      integer(attribute, 20, 2);
    } else {
      attribute.tag(2, WireType.Bit32).float(value);
      integer(attribute, 20, 1);
    }
  });
}

function writeValue(graph: BinaryWriter, field: number, { name, type, dims }: OnnxValue): void {
  message(graph, field, (value) => {
    text(value, 1, name);
    message(value, 2, (kind) =>
      message(kind, 1, (tensor) => {
        integer(tensor, 1, type === "float32" ? FLOAT : INT64);
        message(tensor, 2, (shape) => {
          for (const dim of dims) {
            message(shape, 1, (of) =>
              typeof dim === "number" ? integer(of, 1, dim) : text(of, 2, dim),
            );
          }
        });
      }),
    );
  });
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  const inner = new BinaryWriter();
  write(inner);
  writer.tag(field, WireType.LengthDelimited).bytes(inner.finish());
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}
