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
