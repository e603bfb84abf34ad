/** A foregate before an HTTP origin and a uwsgi application that tell what they got, for the tests of known attacks. */

import { fieldsOf } from "../harness/answers.ts";
import { echoPacket, type FakeUwsgi, startFakeUwsgi, type UwsgiAnswer, type UwsgiRequest } from "../harness/fake-uwsgi.ts";
import { echoRequest, type Origin, type OriginAnswer, type OriginRequest, startOrigin } from "../harness/origin.ts";
import type { Exchange } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import type { PrefixFiles } from "../harness/temporary-prefix.ts";

export interface AttackedSite {
  readonly server: RunningServer;
  readonly origin: Origin;
  readonly uwsgi: FakeUwsgi;
  stop(): Promise<void>;
}

export interface AttackedSiteOptions {
  /** nginx.conf; %%ORIGIN%% and %%UWSGI%% are the ports of the two. */
  readonly conf: string;
  readonly files?: PrefixFiles;
  /** In place of an echo of the request. */
  readonly originAnswer?: (request: OriginRequest) => string | OriginAnswer;
  readonly uwsgiAnswer?: (request: UwsgiRequest) => UwsgiAnswer;
}

export async function startAttackedSite(options: AttackedSiteOptions): Promise<AttackedSite> {
  const origin = await startOrigin(options.originAnswer ?? echoRequest);
  const uwsgi = await startFakeUwsgi(options.uwsgiAnswer ?? echoPacket);
  const server = await startForegate({ ...options, values: { ORIGIN: origin.port, UWSGI: uwsgi.port } });
  const stop = async (): Promise<void> => {
    await Promise.all([origin.stop(), uwsgi.stop()]);
  };
  return { server, origin, uwsgi, stop };
}

/** Statuses of all answers. */
export function statusesOf(exchange: Exchange): readonly number[] {
  return exchange.answers.map(({ status }) => status);
}

/** The fields of a request that an echoing origin got, by lower-case name. */
export function echoedFields(exchange: Exchange): Readonly<Record<string, string>> {
  const { fields } = JSON.parse(exchange.answers[0]?.body ?? "{}") as { fields: [string, string][] };
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The request line that an echoing origin got. */
export function echoedLine(exchange: Exchange): string {
  return (JSON.parse(exchange.answers[0]?.body ?? "{}") as { line: string }).line;
}

/** The vars that an echoing application got; of a repeated one the last, as uWSGI takes it. */
export function echoedVars(exchange: Exchange): Readonly<Record<string, string>> {
  const { vars } = JSON.parse(exchange.answers[0]?.body ?? "{}") as { vars: [string, string][] };
  return Object.fromEntries(vars);
}

/** Values of a field over all answers. */
export function valuesOf(exchange: Exchange, name: string): readonly string[] {
  return exchange.answers.flatMap((answer) => fieldsOf(answer, name));
}
