import { expect, test } from "vitest";
import { terminalText } from "./terminal.ts";

test.each([
  ["clears the screen", "a\u001b[2Jb", "a\\u001b[2Jb"],
  ["changes the window's title", "\u001b]0;root\u0007", "\\u001b]0;root\\u0007"],
  ["begins a sequence with one character (ECMA-48)", "\u009b31m", "\\u009b31m"],
  ["writes over what stands there", "good\rbad\b", "good\\u000dbad\\u0008"],
  ["turns the direction of letters", "\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"],
])("a text that %s is shown and not obeyed", (_, text, shown) => {
  expect(terminalText(text)).toBe(shown);
});

test("what people write stays as it is", () => {
  const text = "汇流\t1\n第二行 — naïve ‘引号’ 👍";
  expect(terminalText(text)).toBe(text);
});
