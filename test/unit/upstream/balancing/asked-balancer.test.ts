import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PeerOutcome } from "../../../../src/upstream/balancer.ts";
import { createBalancer, type MethodName } from "../../../../src/upstream/balancing/create-balancer.ts";
import { KeptSelection } from "../../../../src/upstream/balancing/selection-state.ts";
import type { Peer } from "../../../../src/upstream/peer.ts";
import { waitUntil } from "../../../harness/wait-until.ts";
import { type AskingWorkers, makeWorkers, peersOf, pick, type Settings, ZONED } from "./asked-workers.ts";

const WORKERS = 3;
/** Those that leave nothing to chance. */
const METHODS: readonly MethodName[] = ["round robin", "least_conn", "ip_hash", "hash", "consistent hash"];

/** A request begins, or one under way ends its attempt and maybe begins another. */
type Step =
  | { readonly kind: "begin"; readonly worker: number; readonly key: string }
  | { readonly kind: "end"; readonly request: number; readonly outcome: PeerOutcome; readonly triesNext: boolean }
  | { readonly kind: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("begin" as const), worker: fc.nat(WORKERS - 1), key: fc.constantFrom("a", "bc", "d\xff", "") }),
  fc.record({
    kind: fc.constant("end" as const),
    request: fc.nat(20),
    outcome: fc.constantFrom<PeerOutcome>("ok", "failed", "next"),
    triesNext: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(15_000) }),
);
const settings: fc.Arbitrary<Settings> = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 4 }),
    maxFails: fc.integer({ min: 0, max: 2 }),
    maxConns: fc.constantFrom(0, 0, 1, 3),
    isDown: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 5 },
);

/** What each step came to: the server picked, "-" for none picked, "!" behind a failure that took a server out of use. */
async function runShared(method: MethodName, peers: Settings, steps: readonly Step[]): Promise<readonly string[]> {
  const made = makeWorkers(WORKERS);
  const groups = made.workers.map(({ group }) => group(method, peers));
  return run(made, steps, (worker) => {
    const group = groups[worker];
    if (group === undefined) throw new RangeError(`No worker ${worker}`);
    return group;
  });
}

async function runAlone(method: MethodName, peers: Settings, steps: readonly Step[]): Promise<readonly string[]> {
  const balancer = createBalancer(method, peersOf(peers));
  return run({ nowMs: 0 }, steps, () => balancer);
}

async function run(
  clock: Pick<AskingWorkers, "nowMs">,
  steps: readonly Step[],
  balancerOf: (worker: number) => ReturnType<AskingWorkers["workers"][number]["group"]> | ReturnType<typeof createBalancer>,
): Promise<readonly string[]> {
  const requests: { readonly worker: number; readonly selection: KeptSelection; peer: Peer | undefined }[] = [];
  const seen: string[] = [];
  for (const step of steps) {
    if (step.kind === "wait") {
      clock.nowMs += step.ms;
      continue;
    }
    if (step.kind === "begin") {
      const selection = new KeptSelection(step.key);
      const peer = await balancerOf(step.worker).pick(selection, clock.nowMs);
      requests.push({ worker: step.worker, selection, peer });
      seen.push(peer?.settings.server ?? "-");
      continue;
    }
    const request = requests[step.request % Math.max(1, requests.length)];
    if (request?.peer === undefined) continue;
    const balancer = balancerOf(request.worker);
    const isDisabled = await balancer.release(request.peer, step.outcome, clock.nowMs, request.selection);
    request.peer = step.triesNext ? await balancer.pick(request.selection, clock.nowMs) : undefined;
    seen.push(`${isDisabled ? "!" : ""}${request.peer?.settings.server ?? "-"}`);
  }
  return seen;
}

describe("workers that share a zone", () => {
  it.each(METHODS)("choose by %s as one process would, whatever befalls them", async (method) => {
    await fc.assert(
      fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (peers, steps) => {
        expect(await runShared(method, peers, steps)).toEqual(await runAlone(method, peers, steps));
      }),
      { numRuns: 60 },
    );
  });

  it("turn to backups together", async () => {
    const { workers } = makeWorkers(2);
    const groups = workers.map(({ group }) => group("round robin", [{}, { isBackup: true }, { isBackup: true }]));
    const selection = new KeptSelection("");
    const [first, second] = groups as [(typeof groups)[0], (typeof groups)[0]];
    const picked = [];
    for (let i = 0; i < 4; i++) picked.push(await pick(first, selection));
    expect(picked).toEqual(["a", "b", "c", "none"]);
    expect(await pick(second, new KeptSelection(""))).toBe("a");
  });

  it("send what one turn asks in one message, and tell of a group once", async () => {
    const { workers, messages } = makeWorkers(1);
    const group = workers[0]?.group("round robin", [{}, {}]);
    await Promise.all(Array.from({ length: 10 }, () => group?.pick(new KeptSelection(""), 0)));
    await group?.pick(new KeptSelection(""), 0);
    expect(messages.map(({ asked, defined }) => [asked.length, defined.length])).toEqual([
      [10, 1],
      [1, 0],
    ]);
  });
});

describe("a connection that is given back", () => {
  const giveBack = async (method: MethodName, peers: Settings) => {
    const { workers, messages } = makeWorkers(1);
    const group = workers[0]?.group(method, peers);
    const selection = new KeptSelection("");
    const peer = await group?.pick(selection, 0);
    group?.release(peer as Peer, "ok", 0, selection);
    await new Promise((resolve) => setImmediate(resolve));
    return { group, messages };
  };

  it("is told of at once where choices depend on it", async () => {
    for (const [method, peers] of [
      ["least_conn", [{}, {}]],
      ["round robin", [{}, { maxConns: 1 }]],
    ] as const) {
      const { messages } = await giveBack(method, peers);
      expect(messages.map(({ released }) => released.length)).toEqual([0, 1]);
    }
  });

  it("is told of with the next question where they do not, or soon", async () => {
    const { group, messages } = await giveBack("round robin", [{}, {}]);
    expect(messages).toHaveLength(1);
    await group?.pick(new KeptSelection(""), 0);
    expect(messages[1]).toMatchObject({ asked: [[1, ""]], released: [[1, 0, "ok"]] });
    const later = await giveBack("hash", [{}, {}]);
    expect(await waitUntil("a message", () => later.messages[1]?.released)).toEqual([[1, 0, "ok"]]);
  });
});

describe("a worker that has ended", () => {
  it("gives back its connections, and only its own", async () => {
    const { keeper, workers } = makeWorkers(2);
    const [dying, living] = workers.map(({ group }) => group("round robin", [{ maxConns: 3 }]));
    const picked = [];
    for (const group of [dying, dying, living, living]) picked.push((await group?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(picked).toEqual(["a", "a", "a", undefined]);
    keeper.forget(workers[0]?.asked as object);
    const after = [];
    for (let i = 0; i < 3; i++) after.push((await living?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(after).toEqual(["a", "a", undefined]);
  });
});

describe("what is known of a group", () => {
  it("is another after its peers have changed, but for the health of those that stay", async () => {
    const { workers } = makeWorkers(1);
    const before = workers[0]?.group("round robin", [{ maxConns: 1 }, {}]);
    const selection = new KeptSelection("");
    expect((await before?.pick(selection, 0))?.settings.server).toBe("a");
    const after = workers[0]?.group("round robin", [{ maxConns: 1 }, {}, {}]);
    const picked = [];
    for (let i = 0; i < 3; i++) picked.push((await after?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(picked.sort()).toEqual(["b", "b", "c"]);
    const [held] = before?.peers ?? [];
    before?.release(held as Peer, "ok", 0, selection);
    const later = [];
    for (let i = 0; i < 4; i++) later.push((await after?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(later.filter((server) => server === "a")).toHaveLength(1);
  });

  it("goes on where the same group is told of again, and begins anew once it was not in the configuration", async () => {
    const { keeper, workers } = makeWorkers(3);
    const [first, second, third] = workers.map(({ group }) => group("round robin", [{}, {}, {}]));
    expect((await first?.pick(new KeptSelection(""), 0))?.settings.server).toBe("a");
    keeper.keepOnly([ZONED]);
    expect((await second?.pick(new KeptSelection(""), 0))?.settings.server).toBe("b");
    keeper.keepOnly([{ ...ZONED, zoneBytes: 32_768 }]);
    expect((await third?.pick(new KeptSelection(""), 0))?.settings.server).toBe("a");
  });

  it("begins with the failures that a former process has told of", async () => {
    const made = makeWorkers(2);
    const peers = peersOf([{}, {}]);
    const [failing] = peers;
    if (failing !== undefined) Object.assign(failing.health, { fails: 1, failedAtMs: -1000, checkedAtMs: -1000 });
    const knowing = made.workers[0]?.group("round robin", [], peers);
    const other = made.workers[1]?.group("round robin", [{}, {}]);
    const picked = [];
    for (const group of [knowing, other, other]) picked.push((await group?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(picked).toEqual(["b", "b", "b"]);
    expect(made.keeper.health()).toEqual([["upstream peer u 127.0.0.1:1 a", { fails: 1, failedAgoMs: 1000, checkedAgoMs: 1000 }]]);
    made.nowMs = 9001;
    expect((await other?.pick(new KeptSelection(""), 0))?.settings.server).toBe("a");
  });

  it("does not grow with every change of its peers", async () => {
    const { keeper, workers } = makeWorkers(1);
    for (let port = 0; port < 50; port++) {
      const group = workers[0]?.group("round robin", [{ server: `s${port}` }, { server: `t${port}` }]);
      const selection = new KeptSelection("");
      const peer = await group?.pick(selection, 0);
      await group?.release(peer as Peer, "failed", 0, selection);
    }
    expect(keeper.health().length).toBeGreaterThan(0);
    expect(keeper.health().length).toBeLessThan(10);
  });
});

describe("a keeper that does not answer", () => {
  it("is not waited for again until it is heard, and gets back what late answers took", async () => {
    const late: (() => void)[] = [];
    let isLate = true;
    const { workers } = makeWorkers(1, (answer) => (isLate ? late.push(answer) : answer()));
    const [worker] = workers;
    const group = worker?.group("round robin", [{ maxConns: 2 }, { maxConns: 2 }]);
    const selections = [new KeptSelection(""), new KeptSelection(""), new KeptSelection("")];
    const [one, two] = await Promise.all([group?.pick(selections[0] as KeptSelection, 0), group?.pick(selections[1] as KeptSelection, 0)]);
    expect([one?.settings.server, two?.settings.server]).toEqual(["a", "b"]);
    expect(worker?.silences()).toBe(1);
    const three = group?.pick(selections[2] as KeptSelection, 0) as Peer;
    expect(three.settings.server).toBe("a");
    for (const [at, peer] of [one, two, three].entries())
      expect(group?.release(peer as Peer, "ok", 0, selections[at] as KeptSelection)).toBe(false);
    isLate = false;
    for (const answer of late.splice(0)) answer();
    const picked = [];
    for (let i = 0; i < 5; i++) picked.push((await group?.pick(new KeptSelection(""), 0))?.settings.server);
    expect(picked).toEqual(["a", "b", "a", "b", undefined]);
    expect(worker?.silences()).toBe(1);
  });

  it("is not to blame where the worker itself stands still", async () => {
    const { workers } = makeWorkers(1, (answer) => void setImmediate(answer));
    const [worker] = workers;
    const picking = worker?.group("round robin", [{}, {}]).pick(new KeptSelection(""), 0);
    // Behind the message, and before its answer is heard.
    setImmediate(() => {
      const end = performance.now() + 50;
      while (performance.now() < end);
    });
    expect((await picking)?.settings.server).toBe("a");
    expect(worker?.silences()).toBe(0);
  });

  it("leaves a worker with what it has seen itself", async () => {
    const { workers } = makeWorkers(1);
    const [worker] = workers;
    const group = worker?.group("round robin", [{}, {}]);
    const selection = new KeptSelection("");
    const peer = await group?.pick(selection, performance.now());
    expect(await group?.release(peer as Peer, "failed", performance.now(), selection)).toBe(true);
    worker?.asked.gone();
    const picked = [1, 2].map(() => group?.pick(new KeptSelection(""), performance.now()));
    expect(picked.map((each) => (each as Peer).settings.server)).toEqual(["b", "b"]);
  });

  it("lets go of requests that wait when it ends", async () => {
    const { workers } = makeWorkers(1, () => {});
    const [worker] = workers;
    const waiting = worker?.group("least_conn", [{}]).pick(new KeptSelection(""), 0);
    worker?.asked.gone();
    expect((await waiting)?.settings.server).toBe("a");
    expect(worker?.silences()).toBe(0);
  });
});
