/**
 * Unified social credit codes for invented firms: both check digits are right and the organisation
 * part begins with "DEM", which no real one does.
 */
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** Check character of a nine-character organisation code (GB 11714), from its first eight. */
export function organisationCheck(body: string): string {
  let sum = 0;
  ORGANISATION_WEIGHTS.forEach((weight, index) => {
    sum += weight * Number.parseInt(body.charAt(index), 36);
  });
  const check = 11 - (sum % 11);
  if (check === 10) return "X";
  return check === 11 ? "0" : String(check);
}

/** Check character of a credit code (GB 32100), from its first seventeen. */
export function creditCheck(body: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of body) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** The code of the firm with this number (1 to 99,999; providers are below 1,000), registered in this region. */
export function creditCode(region: string, number: number): string {
  const organisation = `DEM${String(number).padStart(5, "0")}`;
  const body = `91${region}${organisation}${organisationCheck(organisation)}`;
  return body + creditCheck(body);
}

/** The same code with a last character that cannot be right. */
export function spoilCheck(code: string): string {
  const next = (ALPHABET.indexOf(code.charAt(17)) + 5) % 31;
  return code.slice(0, 17) + ALPHABET.charAt(next);
}
