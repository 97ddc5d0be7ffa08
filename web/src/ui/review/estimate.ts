/** How good a job looks to its reviewer, as a number of stars. */

export const MOST_STARS = 5;

/** From `seen` objects and `raised` new issues, to two significant digits (contract of reviews, 1.6). */
export function estimateQuality(seen: number, raised: number): number {
  if (seen === 0 && raised === 0) return MOST_STARS;
  const estimate = (MOST_STARS * seen) / (seen + 2 * raised);
  return Math.min(MOST_STARS, Math.max(0, Number(estimate.toPrecision(2))));
}
