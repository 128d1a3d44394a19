import { ManualClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { type EmbedCommand, QuestionVectors } from "./question-vectors.ts";

const NEVER = new AbortController().signal;

function opened() {
  const clock = new ManualClock(0);
  const sent: EmbedCommand[] = [];
  const questions = new QuestionVectors(clock, (command) => sent.push(command));
  const answer = (id: number, value: number, providerId = "p") =>
    questions.take({ type: "embedded", id, providerId, vector: Float32Array.of(value) });
  return { clock, sent, questions, answer };
}

describe("vectors of questions", () => {
  test("come from the thread, once for each text and role", async () => {
    const { clock, sent, questions, answer } = opened();
    const asked = [
      questions.embed("a", "question", NEVER),
      questions.embed("a", "question", NEVER),
      questions.embed("a", "document", NEVER),
    ];
    expect(sent.map(({ text, role }) => [text, role])).toEqual([
      ["a", "question"],
      ["a", "document"],
    ]);
    answer(sent[1]?.id as number, 2);
    answer(sent[0]?.id as number, 1);
    const vectors = await Promise.all(asked);
    expect(vectors.map((vector) => vector?.vector[0])).toEqual([1, 1, 2]);
    expect((await questions.embed("a", "question", NEVER))?.vector[0]).toBe(1);
    expect(sent).toHaveLength(2);
    expect(clock.sleeping).toBe(0);
  });

  test("that are late are none, and there for who asks again", async () => {
    const { clock, sent, questions, answer } = opened();
    const late = questions.embed("a", "question", NEVER);
    clock.advance(499);
    const other = questions.embed("a", "question", NEVER);
    clock.advance(1);
    expect(await late).toBeUndefined();
    answer(sent[0]?.id as number, 1);
    expect((await other)?.vector[0]).toBe(1);
    expect((await questions.embed("a", "question", NEVER))?.vector[0]).toBe(1);
    expect(sent).toHaveLength(1);
  });

  test("are none when too many wait", async () => {
    const { sent, questions } = opened();
    for (let n = 0; n < 32; n++) void questions.embed(`${n}`, "question", NEVER);
    expect(await questions.embed("more", "question", NEVER)).toBeUndefined();
    expect(sent).toHaveLength(32);
  });

  test("are not waited for by who has left", async () => {
    const { questions, sent } = opened();
    const leaving = new AbortController();
    const left = questions.embed("a", "question", leaving.signal);
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    await expect(questions.embed("b", "question", leaving.signal)).rejects.toThrow("left");
    expect(sent).toHaveLength(1);
  });

  test("are forgotten with their thread", async () => {
    const { sent, questions, answer } = opened();
    const kept = questions.embed("kept", "question", NEVER);
    answer(1, 1);
    await kept;
    const lost = questions.embed("lost", "question", NEVER);
    questions.forget();
    expect(await lost).toBeUndefined();
    answer(2, 2);
    const again = questions.embed("kept", "question", NEVER);
    answer(3, 3, "q");
    expect((await again)?.providerId).toBe("q");
    expect(sent).toHaveLength(3);
  });

  test("are the newest thousand or so", async () => {
    const { sent, questions, answer } = opened();
    for (let n = 0; n < 1025; n++) {
      const asked = questions.embed(`${n}`, "question", NEVER);
      answer(n + 1, n);
      await asked;
    }
    await questions.embed("1", "question", NEVER);
    expect(sent).toHaveLength(1025);
    void questions.embed("0", "question", NEVER);
    expect(sent).toHaveLength(1026);
  });
});
