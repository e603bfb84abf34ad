import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AskedZones } from "../../../src/zone/asked-zones.ts";
import type { ConnectionLimit } from "../../../src/zone/connection-limiter.ts";
import { LocalZones } from "../../../src/zone/local-zones.ts";
import type { RequestLimit } from "../../../src/zone/request-limiter.ts";
import { ZoneKeeper } from "../../../src/zone/zone-keeper.ts";
import type { ZoneAnswers, ZoneQuestions } from "../../../src/zone/zone-questions.ts";

const REQUESTS: readonly RequestLimit[] = [
  { zone: { use: "limit_req", name: "r", sizeBytes: 32_768, key: "$k" }, rate: 1000, burst: 2000, delay: Number.MAX_SAFE_INTEGER },
];
const CONNECTIONS: readonly ConnectionLimit[] = [{ zone: { use: "limit_conn", name: "c", sizeBytes: 32_768, key: "$k" }, max: 2 }];

/** Workers whose questions go to one keeper as they would between processes; `answers` holds them back when it says so. */
function makeWorkers(number: number, deliver: (answer: () => void) => void = (answer) => answer()) {
  const keeper = new ZoneKeeper(new LocalZones(() => 5000));
  const silences: number[] = [];
  const messages: ZoneQuestions[] = [];
  const workers = Array.from({ length: number }, (_, index) => {
    const zones: AskedZones = new AskedZones({
      ask: (questions) => {
        messages.push(questions);
        const answers: ZoneAnswers = JSON.parse(JSON.stringify(keeper.answer(zones, JSON.parse(JSON.stringify(questions)))));
        deliver(() => zones.hear(answers));
      },
      fallback: new LocalZones(() => 5000),
      onSilence: () => silences.push(index),
      timeoutMs: 20,
    });
    return zones;
  });
  return { keeper, workers, silences, messages };
}

describe("AskedZones", () => {
  it("counts together with other workers", async () => {
    const { workers } = makeWorkers(3);
    const limiters = workers.map((zones) => zones.requestLimiter(REQUESTS));
    const outcomes = await Promise.all([...limiters, ...limiters].map((limiter) => limiter.take(["k"])));
    expect(outcomes.filter(({ verdict }) => verdict === "passed")).toHaveLength(3);
  });

  it("sends the questions of one turn in one message, and defines a limiter once", async () => {
    const { workers, messages } = makeWorkers(1);
    const limiter = workers[0]?.requestLimiter(REQUESTS);
    await Promise.all(Array.from({ length: 10 }, () => limiter?.take(["k"])));
    await limiter?.take(["k"]);
    expect(messages.map(({ asked, defined }) => [asked.length, defined.length])).toEqual([
      [10, 1],
      [1, 0],
    ]);
  });

  it("answers at once, without a promise, where every key is empty", () => {
    const { workers, messages } = makeWorkers(1);
    expect(workers[0]?.requestLimiter(REQUESTS).take([""])).toMatchObject({ verdict: "unlimited" });
    expect(workers[0]?.connectionLimiter(CONNECTIONS).take([""])).toMatchObject({ verdict: "unlimited" });
    expect(messages).toEqual([]);
  });

  it("gives a connection's place back, and all of a worker that has ended", async () => {
    const { keeper, workers } = makeWorkers(2);
    const [first, second] = workers.map((zones) => zones.connectionLimiter(CONNECTIONS));
    const [one] = [await first?.take(["k"]), await first?.take(["k"])];
    expect((await second?.take(["k"]))?.verdict).toBe("rejected");
    one?.hold?.release();
    await first?.take(["other"]);
    expect((await second?.take(["k"]))?.verdict).toBe("passed");
    keeper.forget(workers[0] as object);
    expect((await second?.take(["k"]))?.verdict).toBe("passed");
    expect((await second?.take(["k"]))?.verdict).toBe("rejected");
  });

  it("decides by itself when no answer comes, tells once, and gives back what a late answer took", async () => {
    const late: (() => void)[] = [];
    let isLate = true;
    const { workers, silences } = makeWorkers(1, (answer) => (isLate ? late.push(answer) : answer()));
    const zones = workers[0] as AskedZones;
    const requests = zones.requestLimiter(REQUESTS);
    const connections = zones.connectionLimiter(CONNECTIONS);
    const outcomes = await Promise.all([
      ...Array.from({ length: 5 }, () => requests.take(["k"])),
      connections.take(["k"]),
      connections.take(["k"]),
    ]);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(["passed", "passed", "passed", "rejected", "rejected", "passed", "passed"]);
    expect(silences).toEqual([0]);
    isLate = false;
    for (const answer of late) answer();
    await sleep(5);
    expect((await connections.take(["k"])).verdict).toBe("passed");
  });

  it("decides by itself at once when the keeper has ended", async () => {
    const { workers } = makeWorkers(1, () => {});
    const limiter = (workers[0] as AskedZones).requestLimiter(REQUESTS);
    const waiting = limiter.take(["k"]);
    await sleep(2);
    workers[0]?.gone();
    expect((await waiting).verdict).toBe("passed");
    expect(limiter.take(["k"])).toMatchObject({ verdict: "passed" });
  });
});
