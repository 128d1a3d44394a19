/**
 * Mantine as the page uses it. The colours are those of `page.css`, written there as Mantine's variables: a
 * Content-Security-Policy without inline styles lets no `<style>` of a script through.
 *
 * @module
 */

import {
  colorsTuple,
  createTheme,
  localStorageColorSchemeManager,
  type MantineProviderProps,
} from "@mantine/core";
import { THEME_KEY } from "./stored.ts";

/** What components take of it are the variables `--mantine-color-accent-*` of `page.css`, not the shades here. */
const ACCENT = "accent";

export const THEME = createTheme({
  primaryColor: ACCENT,
  colors: { [ACCENT]: colorsTuple("#237a82") },
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: "md",
  respectReducedMotion: true,
});

export const PROVIDER_PROPS = {
  theme: THEME,
  defaultColorScheme: "auto",
  colorSchemeManager: localStorageColorSchemeManager({ key: THEME_KEY }),
  withCssVariables: false,
  withGlobalClasses: false,
} as const satisfies Partial<MantineProviderProps>;
