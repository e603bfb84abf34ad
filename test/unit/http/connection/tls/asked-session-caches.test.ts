import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { AskedSessionCaches } from "../../../../../src/http/connection/tls/asked-session-caches.ts";
import { LocalSessionCaches, type SessionCache } from "../../../../../src/http/connection/tls/session-cache.ts";
import { answerSessionQuestions, type SessionQuestions } from "../../../../../src/http/connection/tls/session-questions.ts";

const CACHE = "100 SSL";
const TIMEOUT_MS = 20;

/** Workers whose questions go to one keeper as they would between processes; `deliver` holds answers back when it says so. */
function makeWorkers(number: number, deliver: (answer: () => void) => void = (answer) => answer()) {
  const kept = new LocalSessionCaches();
  kept.open(CACHE, 100);
  const messages: SessionQuestions[] = [];
  const silences: number[] = [];
  const workers = Array.from({ length: number }, (_, index) => {
    const caches: AskedSessionCaches = new AskedSessionCaches({
      ask: (questions) => {
        messages.push(questions);
        const answers = JSON.parse(JSON.stringify(answerSessionQuestions(JSON.parse(JSON.stringify(questions)), kept)));
        deliver(() => caches.hear(answers));
      },
      onSilence: () => silences.push(index),
      timeoutMs: TIMEOUT_MS,
    });
    return caches;
  });
  return { kept, workers, messages, silences };
}

function put(cache: SessionCache | undefined, id: string, session: string): Promise<void> {
  return new Promise((resolve) => cache?.put(id, session, 1000, resolve));
}

function find(cache: SessionCache | undefined, id: string): Promise<string | undefined> {
  return new Promise((resolve) => cache?.find(id, resolve));
}

describe("AskedSessionCaches", () => {
  it("finds what another worker has put as soon as that one knows it is kept", async () => {
    const { workers } = makeWorkers(2);
    const [first, second] = workers.map((caches) => caches.open(CACHE));
    await put(first, "id", "session");
    expect([await find(second, "id"), await find(first, "id"), await find(second, "other")]).toEqual(["session", "session", undefined]);
  });

  it("sends what one turn asks in one message, and answers each with its own", async () => {
    const { workers, messages } = makeWorkers(1);
    const cache = workers[0]?.open(CACHE);
    await Promise.all(["a", "b"].map((id) => put(cache, id, `session ${id}`)));
    const found = await Promise.all([find(cache, "b"), find(cache, "c"), put(cache, "d", "session d"), find(cache, "a")]);
    expect(found).toEqual(["session b", undefined, undefined, "session a"]);
    expect(messages.map(({ put: kept, wanted }) => [kept.length, wanted.length])).toEqual([
      [2, 0],
      [1, 3],
    ]);
  });

  it("keeps caches apart, and nothing in one that no configuration names any more", async () => {
    const { workers, kept } = makeWorkers(1);
    kept.open("200 SSL", 200);
    const [cache, other] = [workers[0]?.open(CACHE), workers[0]?.open("200 SSL")];
    await put(cache, "id", "session");
    expect(await find(other, "id")).toBeUndefined();
    kept.keepOnly(["200 SSL"]);
    await put(cache, "id", "session");
    expect(await find(cache, "id")).toBeUndefined();
  });

  it("goes on without a session when no answer comes in time, tells once, and asks nothing until one comes after all", async () => {
    const late: (() => void)[] = [];
    let isLate = true;
    const { workers, messages, silences } = makeWorkers(1, (answer) => (isLate ? late.push(answer) : answer()));
    const cache = workers[0]?.open(CACHE);
    const startedAtMs = performance.now();
    await put(cache, "id", "session");
    expect(performance.now() - startedAtMs).toBeGreaterThan(TIMEOUT_MS - 2);
    expect(await find(cache, "id")).toBeUndefined();
    await put(cache, "id", "session");
    expect([messages.length, silences]).toEqual([1, [0]]);
    isLate = false;
    for (const answer of late) answer();
    expect(await find(cache, "id")).toBe("session");
    expect(silences).toEqual([0]);
  });

  it("calls back once, also when the answer comes too late", async () => {
    const late: (() => void)[] = [];
    const { workers } = makeWorkers(1, (answer) => late.push(answer));
    const found: (string | undefined)[] = [];
    workers[0]?.open(CACHE).find("id", (session) => found.push(session));
    await sleep(2 * TIMEOUT_MS);
    expect(late).toHaveLength(1);
    for (const answer of late) answer();
    expect(found).toEqual([undefined]);
  });

  it("takes an answer that came while this process itself was busy", async () => {
    const channel = new MessageChannel();
    const { workers, silences } = makeWorkers(1, (answer) => {
      channel.port2.once("message", answer);
      channel.port1.postMessage("answer");
      // Longer than answers may take, and nothing is read meanwhile.
      const untilMs = performance.now() + 2 * TIMEOUT_MS;
      while (performance.now() < untilMs);
    });
    const cache = workers[0]?.open(CACHE);
    await put(cache, "id", "session");
    expect([await find(cache, "id"), silences]).toEqual(["session", []]);
    channel.port1.close();
  });

  it("settles what is under way when the keeper ends, and asks no more", async () => {
    const { workers, messages } = makeWorkers(1, () => {});
    const caches = workers[0];
    const cache = caches?.open(CACHE);
    const asked = find(cache, "id");
    await sleep(1);
    const gathered = put(cache, "id", "session");
    caches?.gone();
    expect(await asked).toBeUndefined();
    await gathered;
    expect(await find(cache, "id")).toBeUndefined();
    expect(messages).toHaveLength(1);
  });
});

describe("LocalSessionCaches", () => {
  it("opens the same cache again, and another for another id", () => {
    const caches = new LocalSessionCaches();
    expect(caches.open("1 a", 1)).toBe(caches.open("1 a", 1));
    expect(caches.open("2 a", 2)).not.toBe(caches.open("1 a", 1));
    caches.keepOnly(["2 a"]);
    expect([caches.opened("1 a"), caches.opened("2 a") !== undefined]).toEqual([undefined, true]);
  });
});
