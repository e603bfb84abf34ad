/** The bare sketches of test/bench/floor, run by the bench's own bundle. */
import type { Job } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

/** First argument by which main.ts knows that it shall serve a sketch instead of measure. */
export const FLOOR_COMMAND = "serve-floor";

/** The second argument, as JSON. */
export interface FloorArgument {
  readonly job: string;
  readonly site: Site;
}

/** `script` is the bench's own bundle. */
export function createFloor(node: string, script: string): Peer {
  return {
    name: "floor",
    program: node,
    packages: [],
    serves: ({ work }: Job) => work !== "everyday",
    command: ({ name }, site) => ({
      args: [script, FLOOR_COMMAND, JSON.stringify({ job: name, site } satisfies FloorArgument)],
      files: {},
    }),
  };
}
