/** Places in a configuration as `explain` names them. */

import { normalize, relative } from "node:path";
import { positionOf, type Span } from "../../config/source.ts";
import type { Place } from "./explanation.ts";

export function findPlace(span: Span): Place;
export function findPlace(span: Span | undefined): Place | null;
export function findPlace(span: Span | undefined): Place | null {
  if (span === undefined) return null;
  const { kind, path } = span.source;
  return { file: kind === "file" ? normalize(path) : path, line: positionOf(span).line };
}

/** "conf/site.conf:12", from the directory where the program runs when the file is below it, so that editors and eyes find it. */
export function renderPlace({ file, line }: Place, directory: string): string {
  const path = file.startsWith("/") ? relative(directory, file) : file;
  return `${path.startsWith("..") ? file : path}:${line}`;
}
