import { afterEach, describe, expect, it } from "vitest";
import { DatagramSender } from "../../../src/net/datagram-sender.ts";
import { recordUdp } from "../../harness/udp-recorder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

let sender: DatagramSender | undefined;
let losses: NodeJS.ErrnoException[];

function create(host: string, port: number): DatagramSender {
  losses = [];
  sender = new DatagramSender(host, port, (error) => losses.push(error));
  return sender;
}

afterEach(() => sender?.close());

describe("DatagramSender", () => {
  it("sends in order, also what was given before the address was known", async () => {
    const recorder = await recordUdp();
    const made = create("localhost", recorder.port);
    const texts = Array.from({ length: 20 }, (_, at) => String(at));
    for (const text of texts.slice(0, 10)) made.send(Buffer.from(text));
    await recorder.receive(10);
    for (const text of texts.slice(10)) made.send(Buffer.from(text));
    await recorder.receive(20);
    expect([recorder.received, losses]).toEqual([texts, []]);
    await recorder.close();
  });

  it("sends what waits when it is closed", async () => {
    const recorder = await recordUdp();
    const made = create("127.0.0.1", recorder.port);
    made.send(Buffer.from("last"));
    made.close();
    made.send(Buffer.from("too late"));
    await recorder.receive(1);
    expect(recorder.received).toEqual(["last"]);
    await recorder.close();
  });

  it("tells of losses once a second, and reaches a server that comes back", async () => {
    const gone = await recordUdp();
    await gone.close();
    const made = create("127.0.0.1", gone.port);
    await waitUntil("a loss", () => {
      made.send(Buffer.from("lost"));
      return losses.length > 0 || undefined;
    });
    for (let i = 0; i < 10; i++) made.send(Buffer.from("lost"));
    expect(losses).toEqual([expect.objectContaining({ code: "ECONNREFUSED" })]);
    const back = await recordUdp(gone.port);
    await waitUntil("a datagram", () => {
      made.send(Buffer.from("found"));
      return back.received.length > 0 || undefined;
    });
    await back.close();
  });

  it("tells of a name that does not resolve", async () => {
    create("no such host", 514).send(Buffer.from("x"));
    await waitUntil("the failure", () => losses.length > 0 || undefined);
    expect(losses[0]).toMatchObject({ syscall: "getaddrinfo" });
  });

  it("holds no more than 1024 datagrams for an address that is not known yet", async () => {
    const recorder = await recordUdp();
    const made = create("127.0.0.1", recorder.port);
    for (let i = 0; i < 1024; i++) made.send(Buffer.from("x"));
    expect(losses).toEqual([]);
    made.send(Buffer.from("x"));
    expect(losses).toHaveLength(1);
    await recorder.close();
  });

  it("tells of a datagram that is too long", async () => {
    const recorder = await recordUdp();
    create("127.0.0.1", recorder.port).send(Buffer.alloc(70_000));
    await waitUntil("the failure", () => losses.length > 0 || undefined);
    expect(losses[0]).toMatchObject({ code: "EMSGSIZE" });
    await recorder.close();
  });
});
