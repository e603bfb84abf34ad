/** Placeholders of a test's configuration: `%%PORT%%`, `%%PORT_NAME%%`, `%%DIR%%` and the test's own `%%NAME%%`. */

import { type AddressInfo, createServer, type Server } from "node:net";

export type PlaceholderValues = Readonly<Record<string, string | number>>;

export interface FilledText {
  readonly text: string;
  /** Ports by name; the one of `%%PORT%%` has the empty name. */
  readonly ports: ReadonlyMap<string, number>;
}

/**
 * Replaces every placeholder of `text`; each port name gets a port of the system's choice, free on 127.0.0.1.
 * Throws on a name that is neither a port, `DIR` nor in `values`.
 */
export async function fillPlaceholders(text: string, dir: string, values: PlaceholderValues = {}): Promise<FilledText> {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/%%PORT(?:_(\w+?))?%%/g)) names.add(name ?? "");
  const ports = await freePorts([...names]);
  const filled = text.replace(/%%(\w+?)%%/g, (_, name: string) => {
    if (name === "DIR") return dir;
    if (name === "PORT") return String(ports.get(""));
    if (name.startsWith("PORT_")) return String(ports.get(name.slice("PORT_".length)));
    const value = values[name];
    if (value === undefined) throw new Error(`Cannot fill "%%${name}%%": no value was given`);
    return String(value);
  });
  return { text: filled, ports };
}

/** Holds all listeners open together, so that no two names get one port. */
async function freePorts(names: readonly string[]): Promise<Map<string, number>> {
  const listeners = await Promise.all(names.map(async (name) => ({ name, listener: await listenAnywhere() })));
  const ports = new Map(listeners.map(({ name, listener }) => [name, (listener.address() as AddressInfo).port]));
  await Promise.all(listeners.map(({ listener }) => new Promise((resolve) => listener.close(resolve))));
  return ports;
}

function listenAnywhere(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
