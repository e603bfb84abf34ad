/** Keeps what reading a configuration saw, so that another process reads the very same one however the files change meanwhile. */

import type { ConfigReader } from "./config-reader.ts";

/** Plain data: goes between processes as JSON. Directories that could not be listed have no names. */
export interface ConfigRecording {
  readonly files: readonly (readonly [path: string, answer: ReturnType<ConfigReader["read"]>])[];
  readonly directories: readonly (readonly [path: string, names: readonly string[] | null])[];
}

export interface RecordingReader extends ConfigReader {
  /** Everything asked so far with its answers. */
  readonly recording: () => ConfigRecording;
}

/** Asks `reader` each question once and remembers the answer. */
export function recordReader(reader: ConfigReader): RecordingReader {
  const files = new Map<string, ReturnType<ConfigReader["read"]>>();
  const directories = new Map<string, readonly string[] | null>();
  return {
    read: (path) => remember(files, path, reader.read),
    list: (directory) => remember(directories, directory, (asked) => reader.list(asked) ?? null) ?? undefined,
    recording: () => ({ files: [...files], directories: [...directories] }),
  };
}

/** Answers from a recording alone; what was not asked then does not exist. */
export function replayReader(recording: ConfigRecording): ConfigReader {
  const files = new Map(recording.files);
  const directories = new Map(recording.directories);
  return {
    read: (path) => files.get(path) ?? { failure: `open() "${path}" failed (2: No such file or directory)` },
    list: (directory) => directories.get(directory) ?? undefined,
  };
}

function remember<T>(answers: Map<string, T>, path: string, ask: (path: string) => T): T {
  const known = answers.get(path);
  if (known !== undefined) return known;
  const answer = ask(path);
  answers.set(path, answer);
  return answer;
}
