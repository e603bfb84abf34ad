/** The demonstration application's own process: listens where conf/foregate.conf passes /app/ to, and ends with who started it. */

import { createUwsgiServer } from "./uwsgi-server.ts";

/** As in conf/foregate.conf. */
const ADDRESS = { host: "127.0.0.1", port: 3031 };

/** Tells the parent "listening", or "taken" when something else listens there: /app/ then goes to that. */
export function runUwsgiProcess(): void {
  const server = createUwsgiServer();
  const tell = (word: DemoWord): void => {
    process.send?.(word);
  };
  server.once("error", (error: NodeJS.ErrnoException) => {
    tell(error.code === "EADDRINUSE" ? "taken" : "failed");
    process.exit(1);
  });
  server.listen(ADDRESS, () => tell("listening"));
  // Ctrl-C reaches the whole process group; a parent that dies otherwise closes the channel.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => process.exit(0));
  process.on("disconnect", () => process.exit(0));
}

export type DemoWord = "listening" | "taken" | "failed";
