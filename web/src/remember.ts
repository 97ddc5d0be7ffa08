/** Small choices kept in this browser. A browser that forbids it just forgets them. */

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`labelwright.${name}`, value);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}

/** What was remembered under `name`, if it is one of `allowed`. */
export function remembered<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
  try {
    const value = localStorage.getItem(`labelwright.${name}`);
    return allowed.find((each) => each === value);
  } catch {
    return undefined;
  }
}

/** The whole number remembered under `name`, if it lies between `least` and `most`, both included. */
export function rememberedNumber(name: string, least: number, most: number): number | undefined {
  try {
    const value = Number(localStorage.getItem(`labelwright.${name}`) ?? Number.NaN);
    return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  } catch {
    return undefined;
  }
}
