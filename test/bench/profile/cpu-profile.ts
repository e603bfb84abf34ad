/** V8's CPU profile (the `Profile` of the DevTools protocol) as a tree of times. */

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of nodes, and µs before each. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Whose code a function is. */
export type Owner = "foregate" | "node" | "engine";

export interface Frame {
  readonly name: string;
  readonly owner: Owner;
  /** µs in it and in what it called. */
  readonly microseconds: number;
  /** Longest first. */
  readonly children: readonly Frame[];
}

/** Where nothing ran. */
const NOT_BUSY = new Set(["(idle)"]);

/** The busy time as a tree, what ran while the process waited left out; calls of one function from one place in the tree are one frame. */
export function busyTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  samples.forEach((id, at) => {
    own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[at] ?? 0));
  });
  const root = nodes.find(({ callFrame }) => callFrame.functionName === "(root)");
  if (root === undefined) throw new Error("Cannot find the root of the profile");
  return frameOf([root], byId, own);
}

function frameOf(nodes: readonly ProfileNode[], byId: ReadonlyMap<number, ProfileNode>, own: ReadonlyMap<number, number>): Frame {
  const groups = new Map<string, ProfileNode[]>();
  let microseconds = 0;
  for (const node of nodes) {
    microseconds += own.get(node.id) ?? 0;
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child === undefined || NOT_BUSY.has(child.callFrame.functionName)) continue;
      const { url, lineNumber } = child.callFrame;
      const key = `${url}:${lineNumber} ${nameOf(child)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [child]);
      else group.push(child);
    }
  }
  const children = [...groups.values()].map((group) => frameOf(group, byId, own)).sort((a, b) => b.microseconds - a.microseconds);
  const [first] = nodes;
  return {
    name: first === undefined ? "" : nameOf(first),
    owner: first === undefined ? "engine" : ownerOf(first),
    microseconds: microseconds + children.reduce((sum, child) => sum + child.microseconds, 0),
    children,
  };
}

function nameOf({ callFrame: { functionName } }: ProfileNode): string {
  return functionName === "" ? "(anonymous)" : functionName;
}

/** All files are ours; what has no URL is native code or the engine itself. */
function ownerOf({ callFrame: { url } }: ProfileNode): Owner {
  if (url.startsWith("node:")) return "node";
  return url === "" ? "engine" : "foregate";
}
