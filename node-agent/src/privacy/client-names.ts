/**
 * What a center knows of one client, and the words by which a text could name it.
 *
 * @module
 */

import { foldedTextOf } from "./folded-text.ts";
import { holdsName, tokensOf } from "./generic-words.ts";
import { regionLengthAt } from "./region-names.ts";

/** What a center knows of one client. Latin spellings (pinyin, initials, English name) stand among `names` as given. */
export interface ClientFacts {
  /** As registered: 赣州青禾智能制造有限公司. */
  readonly legalName?: string;
  /** Brands, short names, names in Latin letters, former names. */
  readonly names?: readonly string[];
  /** Legal representative, contacts. */
  readonly people?: readonly string[];
  readonly products?: readonly string[];
  /** Addresses and names of sites. */
  readonly sites?: readonly string[];
  readonly phones?: readonly string[];
  readonly uscc?: string;
}

/** A legal name in its parts, squeezed (see {@link squeezed}). */
export interface NameParts {
  /** Without region and legal form: 青禾智能制造. */
  readonly name: string;
  /** Without the trades at its end too: 青禾. */
  readonly core: string;
}

const LEGAL_FORM =
  /(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?:公司|合伙企业)$|合作社$|集团$|总?厂$|coltd$|ltd$|inc$|gmbh$|llc$/;

/** Letters and digits alone, lower case, as detectors read them: what two spellings of a name have in common. */
export function squeezed(text: string): string {
  return foldedTextOf(text)
    .plain.toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** The parts of a legal name. */
export function partsOf(legalName: string): NameParts {
  const withoutBrackets = foldedTextOf(legalName).plain.replace(/\([^()]*\)/g, "");
  let name = squeezed(withoutBrackets).replace(LEGAL_FORM, "");
  for (let region = regionLengthAt(name, 0); region > 0 && name.length - region >= 2; ) {
    name = name.slice(region);
    region = regionLengthAt(name, 0);
  }
  const tokens = tokensOf(name);
  let end = tokens.length;
  while (end > 0 && tokens[end - 1]?.type === "trade") end -= 1;
  const core = name.slice(0, tokens[end - 1]?.end ?? 0);
  return { name, core };
}

/** What a text is searched for, for one client. */
export interface ClientNames extends NameParts {
  /** Words that name the client wherever they stand, squeezed. An everyday word is none, whoever is called by it. */
  readonly terms: readonly string[];
}

export function clientNamesOf({
  legalName = "",
  names = [],
  people = [],
  products = [],
  sites = [],
  phones = [],
  uscc = "",
}: ClientFacts): ClientNames {
  const { name, core } = partsOf(legalName);
  const shortened = names.map((one) => (isLatin(one.toLowerCase()) ? one : partsOf(one).name));
  const telling = [core, name, ...[...names, ...shortened, ...products].map(squeezed)].filter(
    (term) => (isLatin(term) ? term.length >= 3 : term.length >= 2 && holdsName(term)),
  );
  const exact = [
    ...[legalName, ...people, uscc].map(squeezed).filter(({ length }) => length >= 2),
    ...sites.map(squeezed).filter(({ length }) => length >= 4),
    ...phones.map(squeezed).filter(({ length }) => length >= 7),
  ];
  return { name, core, terms: [...new Set([...telling, ...exact])] };
}

/** True for a text of Latin letters and digits. */
export function isLatin(text: string): boolean {
  return /^[a-z0-9]+$/.test(text);
}
