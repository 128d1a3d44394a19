/**
 * Answers a query on cells with differential privacy.
 *
 * @module
 */

import { toHex, utf8 } from "@tributary/proto";
import type { NoisedValues, PrivacyAccountant } from "../budget/accountant.ts";
import { STATISTICS, type StatisticName } from "../budget/ledger-entry.ts";
import { discreteGaussian } from "../noise/discrete-noise.ts";
import { formatRational, type Rational } from "../noise/rational.ts";
import { type RandomBytes, Uniform } from "../noise/uniform.ts";
import {
  type CellQuery,
  checkQuery,
  queryIdOf,
  type Statistic,
  statisticsOf,
  UNIT,
} from "./cell-query.ts";
import {
  boundContributions,
  type CellTotals,
  type Contribution,
  totalsOf,
} from "./contributions.ts";

/** One statistic of an answer. @see NoisedAnswer of `outcome.proto` */
export interface NoisedAnswer {
  /** 32 bytes; the same for the statistics of one query. */
  readonly queryId: Uint8Array;
  readonly unit: string;
  readonly statistic: StatisticName;
  readonly rho: string;
  readonly delta2Squared: string;
  readonly sigmaSquared: string;
  readonly cellsPerUnit: number;
  readonly gradeMax: number;
  /** By cell; a cell whose noised count is too small is left out. May be below 0. */
  readonly values: Readonly<Record<string, number>>;
}

/** Fewest noised units of a cell that is published, and how many standard deviations of its noise at least. */
const MIN_COUNT = 20;
const MIN_DEVIATIONS = 4n;
/** Largest standard deviation of the noise of a mean that is shown: 3/10 of a grade. */
const MEAN_DEVIATION = { numerator: 3n, denominator: 10n } as const;

/**
 * The answer, one {@link NoisedAnswer} for each statistic. Asked again, it is the same for ever, whatever the data are.
 *
 * @param outcomes The oldest first.
 * @param randomBytes For the noise; nothing is taken before the budget is spent.
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID`, and what {@link PrivacyAccountant.buy} throws.
 */
export async function answerCells(
  asked: CellQuery,
  outcomes: Iterable<Contribution>,
  { accountant, randomBytes }: { accountant: PrivacyAccountant; randomBytes: RandomBytes },
): Promise<readonly NoisedAnswer[]> {
  const query = checkQuery(asked);
  const queryId = queryIdOf(query);
  const statistics = statisticsOf(query);
  const parameters = STATISTICS.map((name) => ({
    name,
    rho: formatRational(statistics[name].rho),
    delta2Squared: formatRational(statistics[name].delta2Squared),
    sigmaSquared: formatRational(statistics[name].sigmaSquared),
  }));
  const counted = boundContributions(query, outcomes);
  const values = await accountant.buy(
    {
      queryId: toHex(queryId),
      unit: UNIT,
      year: query.year,
      epoch: query.epoch,
      rho: formatRational(query.rho),
      statistics: parameters,
      data: utf8(JSON.stringify(counted)),
    },
    () => noised(statistics, totalsOf(query.cells.toSorted(), counted), new Uniform(randomBytes)),
  );
  return parameters.map(({ name, ...costs }) => ({
    queryId,
    unit: UNIT,
    statistic: name,
    ...costs,
    cellsPerUnit: query.cellsPerUnit,
    gradeMax: query.gradeMax,
    values: values[name],
  }));
}

/**
 * True if the mean grade of a cell may be shown: its noise has a standard deviation of at most 0.3 grades.
 *
 * @param n Noised units of the cell.
 * @param sigmaSquared Of the noise of the sum.
 */
export function isMeanUsable(n: number, sigmaSquared: Rational): boolean {
  const { numerator, denominator } = MEAN_DEVIATION;
  return n > 0 && isAtLeastDeviations(BigInt(n) * numerator, denominator, sigmaSquared);
}

function noised(
  statistics: Readonly<Record<StatisticName, Statistic>>,
  totals: ReadonlyMap<string, CellTotals>,
  uniform: Uniform,
): NoisedValues {
  const draw = (name: StatisticName, exact: CellTotals) =>
    Number(BigInt(exact[name]) + discreteGaussian(uniform, statistics[name].sigmaSquared));
  const cells = [...totals]
    .map(([cell, exact]) => ({
      cell,
      n: draw("n", exact),
      sum: draw("sum", exact),
      satisfied: draw("satisfied", exact),
    }))
    .filter(({ n }) => isPublished(n, statistics.n.sigmaSquared));
  const valuesOf = (name: StatisticName) =>
    Object.fromEntries(cells.map((noisy) => [noisy.cell, noisy[name]]));
  return { n: valuesOf("n"), sum: valuesOf("sum"), satisfied: valuesOf("satisfied") };
}

function isPublished(n: number, sigmaSquared: Rational): boolean {
  return n >= MIN_COUNT && isAtLeastDeviations(BigInt(n), MIN_DEVIATIONS, sigmaSquared);
}

/** value >= deviations * sigma, exactly; both are positive. */
function isAtLeastDeviations(value: bigint, deviations: bigint, sigmaSquared: Rational): boolean {
  return value ** 2n * sigmaSquared.denominator >= deviations ** 2n * sigmaSquared.numerator;
}
