/** A file's copy in memory that one stat proves fresh before each use. */
import { readFileSync, type Stats, stat } from "node:fs";
import { gzipSync } from "node:zlib";

export interface FileCopy {
  readonly body: Buffer;
  /** Fields that follow from the file, each with its CRLF. */
  readonly fields: string;
  readonly encoding: "plain" | "gzip";
}

/** Gives the copy to a callback. A file that cannot be read throws, and ends the sketch. */
export type CachedFile = (use: (copy: FileCopy) => void) => void;

/** With "gzip" the copy is the compressed one. */
export function createCachedFile(path: string, encoding: FileCopy["encoding"]): CachedFile {
  let version = "";
  let copy: FileCopy | undefined;
  return (use) => {
    stat(path, (error, found) => {
      if (error !== null) throw error;
      const { mtimeMs, ctimeMs, size, ino } = found;
      const current = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      if (copy === undefined || current !== version) copy = readCopy(path, found, encoding);
      version = current;
      use(copy);
    });
  };
}

function readCopy(path: string, { mtime, mtimeMs, size }: Stats, encoding: FileCopy["encoding"]): FileCopy {
  const body = encoding === "gzip" ? gzipSync(readFileSync(path), { level: 1 }) : readFileSync(path);
  const etag = `"${Math.floor(mtimeMs / 1000).toString(16)}-${size.toString(16)}"`;
  const coding = encoding === "gzip" ? "Content-Encoding: gzip\r\n" : "";
  return {
    body,
    encoding,
    fields: `Last-Modified: ${mtime.toUTCString()}\r\nETag: ${etag}\r\nContent-Length: ${body.length}\r\n${coding}`,
  };
}
