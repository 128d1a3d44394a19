/** What is shown as code, to be copied. @module */

import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { Icon } from "./icon.tsx";
import type { MessageName } from "./language.ts";
import type { PageState } from "./page-state.ts";
import { curlSnippet, sdkSnippet } from "./snippet.ts";
import { useView } from "./view.tsx";

/** The search as a program and as a command line, folded. */
export function Snippets({ state }: { readonly state: PageState }) {
  const { t, hubUrl } = useView();
  return (
    <details className="snippets">
      <summary>{t("snippet")}</summary>
      <Snippet title={t("snippetSdk")} text={sdkSnippet(state, hubUrl)} />
      <Snippet title={t("snippetCurl")} text={curlSnippet(state, hubUrl)} />
    </details>
  );
}

/** Code with a button that copies it. */
export function Snippet({ title, text }: { readonly title: string; readonly text: string }) {
  const { t } = useView();
  const code = useRef<HTMLElement>(null);
  const [status, setStatus] = useState<MessageName>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setStatus("copied");
    } catch {
      // No clipboard outside https and localhost.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setStatus("copyFailed");
    }
  };
  return (
    <section>
      <h3>
        {title}
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={`${t("copy")} ${title}`}
          leftSection={<Icon name="copy" />}
          onClick={() => void copy()}
        >
          {t("copy")}
        </Button>
        <span role="status">{status && t(status)}</span>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <pre tabIndex={0}>
        <code ref={code}>{text}</code>
      </pre>
    </section>
  );
}
