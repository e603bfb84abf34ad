/** What a server under load must tell the bench about itself. */
import type { CertificateFiles } from "./certificate.ts";
import type { Job } from "./jobs.ts";

/** Where a server runs and what stands around it; all addresses are on 127.0.0.1. */
export interface Site {
  /** The server's own directory: its configuration, logs and temporary files. */
  readonly directory: string;
  readonly port: number;
  readonly filesDirectory: string;
  readonly originPort: number;
  readonly uwsgiPort: number;
  readonly uwsgiSocket: string;
  /** Their files exist where a job needs TLS. */
  readonly certificate: CertificateFiles;
  /** Whether every request is written to an access log. */
  readonly logs: boolean;
}

export interface Command {
  /** Arguments after the program's own path. */
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write into the site's directory before the start: name and text. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  /** Name looked up on PATH, or a path. */
  readonly program: string;
  /** Debian packages that bring the program; none when it is ours. */
  readonly packages: readonly string[];
  /** npm packages, with their versions, that it needs in the bench's cache; none for most. */
  readonly npmPackages?: readonly string[];
  /** Whether the server can do the job at all. */
  serves(job: Job): boolean;
  /** How to run it in the foreground with one worker for `job`. */
  command(job: Job, site: Site): Command;
}
