/** node:http2, loaded for the first connection that speaks it: most starts are spared it. */

type Http2Library = typeof import("node:http2");

let loaded: Http2Library | undefined;

export function http2Library(): Http2Library {
  loaded ??= process.getBuiltinModule("node:http2");
  return loaded;
}
