/** Below which path the app is reached: the server writes it into the page, whatever proxy stands before it. */

const page =
  typeof document === "undefined"
    ? undefined
    : document.querySelector<HTMLMetaElement>('meta[name="labelwright-product"]');

/** What every address of ours begins with: "" or a path such as "/annotations". */
export const MOUNT = page?.dataset.mount ?? "";
