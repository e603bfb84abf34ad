/** What master and workers tell each other: JSON over the channel that Node.js opens between a process and its child. */

import type { KnownHosts } from "../boot/resolve-upstreams.ts";
import type { ConfigRecording } from "../config/recorded-reader.ts";
import type { PutSession, SessionAnswers, SessionQuestions } from "../http/connection/tls/session-questions.ts";
import type { ConfigPaths } from "../http/module.ts";
import type { ConnectionFigures } from "../net/connection-figures.ts";
import type { PeerAnswers, PeerQuestions } from "../upstream/balancing/peer-questions.ts";
import type { CarriedZones } from "../zone/local-zones.ts";
import type { ZoneAnswers, ZoneQuestions } from "../zone/zone-questions.ts";
import type { CarriedConnection } from "./carried-connections.ts";
import type { CarriedHealth } from "./carried-health.ts";
import type { SystemUser } from "./system-user.ts";

/** A configuration as the master read it: a worker compiles it again and opens no file of it. */
export interface WorkerConfig {
  /** The main file, as messages name it. */
  readonly conf: string;
  readonly paths: ConfigPaths;
  /** -g; absent where there was none. */
  readonly commandLine?: string;
  readonly recording: ConfigRecording;
  /** Names of upstream servers, looked up. */
  readonly hosts: KnownHosts;
}

export type MasterMessage =
  /** A socket to accept on comes along. */
  | { readonly kind: "socket"; readonly key: string }
  | {
      readonly kind: "begin";
      readonly config: WorkerConfig;
      /** Whom to become; absent: stay who we are. */
      readonly user?: SystemUser;
      readonly health: CarriedHealth;
      /** base64; absent where none is needed. */
      readonly ticketKey?: string;
      /** Others serve the same configuration: zones, of upstreams, too, and TLS session caches are the master's. */
      readonly sharesZones: boolean;
    }
  /** Others serve on: accept no more, and answer what open connections still ask, by the configuration that follows if there is one. */
  | { readonly kind: "retire"; readonly config?: WorkerConfig }
  | { readonly kind: "quit" }
  | { readonly kind: "reopen" }
  /** Asks what is known of upstream peers. */
  | { readonly kind: "health" }
  | { readonly kind: "zone answers"; readonly answers: ZoneAnswers }
  | { readonly kind: "session answers"; readonly answers: SessionAnswers }
  | { readonly kind: "peer answers"; readonly answers: PeerAnswers }
  /** Asks how many clients' connections it has. */
  | { readonly kind: "figures" }
  | { readonly kind: "all figures"; readonly figures: ConnectionFigures }
  /** What a former worker, or the master, had counted: to be counted on by this one, whose zones are its own. */
  | { readonly kind: "zones"; readonly zones: CarriedZones }
  /** TLS sessions of a former worker, or of the master, to be taken up by this one, whose caches are its own. */
  | { readonly kind: "sessions"; readonly sessions: readonly PutSession[] }
  /** Its socket comes along. */
  | { readonly kind: "connection"; readonly connection: CarriedConnection };

export type WorkerMessage =
  /** Every socket accepts. */
  | { readonly kind: "ready" }
  /** It cannot serve, and ends. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "health"; readonly health: CarriedHealth }
  | { readonly kind: "zone questions"; readonly questions: ZoneQuestions }
  | { readonly kind: "session questions"; readonly questions: SessionQuestions }
  | { readonly kind: "peer questions"; readonly questions: PeerQuestions }
  | { readonly kind: "figures"; readonly figures: ConnectionFigures }
  /** Asks for those of all workers. */
  | { readonly kind: "all figures" }
  /** It retires: what it had counted, if its zones were its own. */
  | { readonly kind: "zones"; readonly zones: CarriedZones }
  /** It retires: the TLS sessions it kept, if its caches were its own. */
  | { readonly kind: "sessions"; readonly sessions: readonly PutSession[] }
  /** It retires: a connection to an upstream, whose socket comes along. */
  | { readonly kind: "connection"; readonly connection: CarriedConnection };
