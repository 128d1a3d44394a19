/**
 * The kinds of source that an agent can open.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { Source } from "../ports/source.ts";

/** What the registry needs of a {@link SourceType}, whatever its configuration. */
export interface OpenableType {
  readonly type: string;
  open(config: never, folder: string): Source;
}

/** Opens sources by the `type` of their configuration. */
export class SourceRegistry {
  readonly #types: ReadonlyMap<string, OpenableType>;

  constructor(types: readonly OpenableType[]) {
    this.#types = new Map(types.map((type) => [type.type, type]));
  }

  /** Names of all kinds, in the order given. */
  get types(): readonly string[] {
    return [...this.#types.keys()];
  }

  /**
   * @param folder Folder that relative paths start from.
   * @throws {TributaryError} `ERR_UNSUPPORTED` if the agent has no such kind of source.
   */
  open(config: { readonly type: string }, folder: string): Source {
    const type = this.#types.get(config.type);
    if (type === undefined) {
      throw new TributaryError(
        "ERR_UNSUPPORTED",
        `no source of type ${config.type}; this agent reads ${this.types.join(", ")}`,
        { messageZh: `不支持数据源类型 ${config.type}；可用类型：${this.types.join("、")}` },
      );
    }
    return type.open(config as never, folder);
  }
}
