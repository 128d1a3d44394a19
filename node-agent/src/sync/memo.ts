/**
 * What the agent remembers of itself and of its sources, kept in memory and in the store.
 *
 * @module
 */

import { Notifier } from "../feed/notifier.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { AgentState } from "./agent-state.ts";
import type { Pause } from "./problem.ts";
import { newSourceState, type SourceState } from "./source-state.ts";

/** Reads what the store remembers. */
export async function openMemo(store: FeedStore): Promise<Memo> {
  return new Memo(store, await store.agent(), new Map(await store.sources()));
}

/** The one writer of agent and source states. A change is durable when its promise resolves. */
export class Memo {
  readonly #store: FeedStore;
  #agent: AgentState;
  readonly #sources: Map<string, SourceState>;
  readonly #changes = new Notifier();

  /** Use {@link openMemo}. */
  constructor(store: FeedStore, agent: AgentState, sources: Map<string, SourceState>) {
    this.#store = store;
    this.#agent = agent;
    this.#sources = sources;
  }

  get agent(): AgentState {
    return this.#agent;
  }

  get sources(): ReadonlyMap<string, SourceState> {
    return this.#sources;
  }

  /** Wakes who waits for a change. */
  get changes(): Notifier {
    return this.#changes;
  }

  source(sourceId: string): SourceState {
    return this.#sources.get(sourceId) ?? newSourceState(sourceId);
  }

  /** Replaces the fields that are given; a field that is given as undefined goes. */
  async updateAgent(change: Changes<AgentState>): Promise<void> {
    this.noteAgent(change);
    this.#changes.notify();
    await this.#store.commit({ agent: this.#agent });
  }

  /** As {@link Memo.updateAgent} for what may be lost: in memory only, until the next update; wakes nobody. */
  noteAgent(change: Changes<AgentState>): void {
    this.#agent = merged(this.#agent, change);
  }

  /** As {@link Memo.updateAgent}, for one source. */
  async updateSource(sourceId: string, change: Changes<SourceState>): Promise<void> {
    const state = merged(this.source(sourceId), change);
    this.#sources.set(sourceId, state);
    this.#changes.notify();
    await this.#store.commit({ sources: [state] });
  }
}

type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

function merged<T extends object>(state: T, change: Changes<T>): T {
  const entries = Object.entries({ ...state, ...change }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(entries) as T;
}

/** The pause if it is still in force at `nowMs`. */
export function pauseInForce(pause: Pause | undefined, nowMs: number): Pause | undefined {
  return pause?.untilMs !== undefined && pause.untilMs <= nowMs ? undefined : pause;
}
