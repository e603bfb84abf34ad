/** The bare node:net sketch, run by the bench's own bundle. */
import type { Peer } from "../peer.ts";

/** First argument by which main.ts knows that it shall serve instead of measure. */
export const FLOOR_COMMAND = "serve-floor";

/** `script` is the bench's own bundle. */
export function createFloor(node: string, script: string): Peer {
  return {
    name: "floor",
    program: node,
    packages: [],
    works: ["return", "static"],
    command: (job, site) => ({ args: [script, FLOOR_COMMAND, String(site.port), job.name], files: {} }),
  };
}
