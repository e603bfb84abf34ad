/** Finds requests without a body in what a client sends. */
import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
/** Longest unfinished request head kept, 8 KB as nginx's large_client_header_buffers. */
const HEAD_BYTES_MAX = 8192;

/** Calls `respond` for each GET; answers that wait must not be asked for in a pipeline, which load generators don't. */
export function onRequest(client: Socket, respond: () => void): void {
  let rest = "";
  client.on("error", () => client.destroy());
  client.on("data", (chunk: Buffer) => {
    const text = rest + chunk.toString("latin1");
    let start = 0;
    for (let end = text.indexOf(HEAD_END); end !== -1; end = text.indexOf(HEAD_END, start)) {
      if (!text.startsWith("GET /", start)) return void client.destroy();
      start = end + HEAD_END.length;
      respond();
    }
    rest = text.slice(start);
    if (rest.length > HEAD_BYTES_MAX) client.destroy();
  });
}
