/**
 * A courier that goes by whichever of several works.
 *
 * It stays with one for as long as that works. After a session that failed, the next goes by the next courier, in a
 * circle: waiting in between is the publisher's business. Where the feed goes on is asked of the hub at the begin of
 * each session, whatever it travels by, so that a switch in mid-feed leaves no gap and makes no double.
 *
 * @module
 */

import type { Answer, Courier, CourierSession } from "../ports/courier.ts";

/** @param couriers In the order in which they are tried; one or more. */
export function switchingCourier(couriers: readonly Courier[]): Courier {
  let current = 0;
  return {
    connect() {
      const used = current;
      const courier = couriers[used % couriers.length];
      if (courier === undefined) throw new TypeError("a switching courier needs couriers");
      return watched(courier.connect(), () => {
        current = used + 1;
      });
    },
  };
}

/** The session; it tells when it turns out to be of no use: it fails, or takes batches and never answers. */
function watched(session: CourierSession, onUseless: () => void): CourierSession {
  let sent = 0;
  let answered = 0;
  let isOver = false;
  const onFailure = () => {
    // What fails because the session was ended says nothing about the courier.
    if (!isOver) onUseless();
  };
  const orTell = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (signal?.aborted !== true) onFailure();
      throw error;
    }
  };
  async function* answers(signal: AbortSignal): AsyncGenerator<Answer> {
    try {
      for await (const answer of session.answers(signal)) {
        if (answer.type !== "credit") answered += 1;
        yield answer;
      }
    } catch (error) {
      if (!signal.aborted) onFailure();
      throw error;
    }
  }
  return {
    membership: (signal) => orTell(session.membership(signal), signal),
    feedHead: (feedId, signal) => orTell(session.feedHead(feedId, signal), signal),
    answers,
    send: (frame) => {
      sent += 1;
      return orTell(session.send(frame));
    },
    giveBack: (returned) => orTell(session.giveBack(returned)),
    beat: (heartbeat) => orTell(session.beat(heartbeat)),
    async [Symbol.asyncDispose]() {
      if (sent > 0 && answered === 0) onFailure();
      isOver = true;
      await session[Symbol.asyncDispose]();
    },
  };
}
