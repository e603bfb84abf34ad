/** Why HTTP/2 to upstreams is not undici's: what undici 7 does not do. When one of these fails, the decision can be made anew. */

import { type Dispatcher, H2CClient } from "undici";
import { describe, expect, it } from "vitest";
import { frame, frameFlag, frameType, goawayFrame, headersFrame, rstFrame, startFrameOrigin } from "./frame-origin.ts";

const OK = [":status", "200"];

interface Outcome {
  body: string;
  trailers: unknown;
  error: Error | undefined;
}

/** One request with undici's callbacks; `pausesAtFirst` holds the body back for a moment. */
function ask(client: Dispatcher, pausesAtFirst = false): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcome: Outcome = { body: "", trailers: undefined, error: undefined };
    client.dispatch(
      { path: "/", method: "GET" },
      {
        onRequestStart: () => undefined,
        onResponseStart: (controller) => {
          if (!pausesAtFirst) return;
          controller.pause();
          setTimeout(() => controller.resume(), 50);
        },
        onResponseData: (_controller, chunk) => {
          outcome.body += chunk.toString("latin1");
        },
        onResponseEnd: (_controller, trailers) => {
          outcome.trailers = trailers;
          resolve(outcome);
        },
        onResponseError: (_controller, error) => {
          outcome.error = error;
          resolve(outcome);
        },
      },
    );
  });
}

describe("undici 7", () => {
  it("breaks off the answer under way at a GOAWAY that allows it to end", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "one ")]));
      setTimeout(() => socket.write(goawayFrame(streamId, 0)), 20);
      setTimeout(() => socket.write(frame(frameType.data, frameFlag.endStream, streamId, "two")), 60);
    });
    const client = new H2CClient(`http://127.0.0.1:${origin.port}`);
    expect((await ask(client)).error).toBeInstanceOf(Error);
    await client.destroy();
  });

  it("loses what is left of a paused answer when trailers come", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(headersFrame(streamId, OK));
      socket.write(Buffer.concat([frame(frameType.data, 0, streamId, "body"), headersFrame(streamId, ["x-t", "1"], frameFlag.endStream)]));
    });
    const client = new H2CClient(`http://127.0.0.1:${origin.port}`);
    expect(await ask(client, true)).toMatchObject({ body: "", error: undefined });
    await client.destroy();
  });

  it("takes a cancelled answer for a whole one", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "part")]));
      setTimeout(() => socket.write(rstFrame(streamId, 8)), 20);
    });
    const client = new H2CClient(`http://127.0.0.1:${origin.port}`);
    expect(await ask(client)).toMatchObject({ body: "part", error: undefined });
    await client.destroy();
  });
});
