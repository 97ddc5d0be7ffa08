/** Where a thread stands: beside its region, over the picture and nowhere else. Client CSS pixels. */

import type { Box } from "../../core/model";

const GAP = 18;
const EDGE = 8;

/** The corner for a box of `size`: right of `region`, else left of it, else at the right edge of `host`. */
export function cornerBesideRegion(
  size: { readonly width: number; readonly height: number },
  region: Box | undefined,
  host: Box,
): { readonly left: number; readonly top: number } {
  const least = { left: host.left + EDGE, top: host.top + EDGE };
  const most = {
    left: Math.max(least.left, host.right - size.width - EDGE),
    top: Math.max(least.top, host.bottom - size.height - EDGE),
  };
  if (region === undefined) return { left: most.left, top: least.top };
  const right = region.right + GAP;
  const left = region.left - GAP - size.width;
  const wanted = right <= most.left ? right : left >= least.left ? left : most.left;
  return {
    left: Math.min(Math.max(wanted, least.left), most.left),
    top: Math.min(Math.max(region.top, least.top), most.top),
  };
}
