/** Whether the key belongs to an input method that is composing: it then commits or submits nothing. */
export function isComposing(event: KeyboardEvent): boolean {
  // 229 is what Safari sends for the Enter that ends a composition, when `isComposing` is false already.
  return event.isComposing || event.keyCode === 229;
}

/** Whether the key is an Enter of the person's own, not of their input method's. */
export function isEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !isComposing(event);
}
