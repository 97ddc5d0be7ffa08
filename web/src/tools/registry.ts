/** Every tool there is. */

import { issue } from "./issue";
import { polygon } from "./polygon";
import { rectangle } from "./rectangle";
import { select } from "./select";
import type { Tool } from "./tool";

/** By id. What a tool's state is, only the tool knows: start with its `start` and give back what `step` gave. */
export const TOOLS: { readonly [id in Tool<unknown>["id"]]: Tool<unknown> } = {
  select,
  rectangle,
  polygon,
  issue,
};
