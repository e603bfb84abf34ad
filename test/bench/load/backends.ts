/** What stands behind the servers under load: an nginx as origin, the real uWSGI as application server. */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CertificateFiles, certificateFilesIn, makeCertificate, OPENSSL } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { findProgram, type Needed } from "./install.ts";
import { isSecure, type Job } from "./jobs.ts";
import type { Launcher, Running } from "./launcher.ts";
import { TEMP_PATHS } from "./peers/nginx.ts";

export interface Backends {
  readonly filesDirectory: string;
  readonly originPort: number;
  readonly uwsgiPort: number;
  readonly uwsgiSocket: string;
  readonly certificate: CertificateFiles;
  readonly running: readonly Running[];
}

/** The programs that `startBackends()` runs for these jobs. */
export function backendPrograms(jobs: readonly Job[]): Needed[] {
  const needed: Needed[] = [];
  if (jobs.some(({ work }) => work === "proxy")) needed.push({ program: "nginx", packages: ["nginx"] });
  if (jobs.some(usesUwsgi)) needed.push({ program: "uwsgi-core", packages: ["uwsgi-core", "uwsgi-plugin-python3"] });
  if (jobs.some(isSecure)) needed.push(OPENSSL);
  return needed;
}

/** Writes the files that are served and starts, without waiting, the backends the jobs need and the machine has. */
export async function startBackends(jobs: readonly Job[], launcher: Launcher, directory: string): Promise<Backends> {
  const filesDirectory = join(directory, "files");
  mkdirSync(filesDirectory);
  for (const job of jobs) writeBody(job, filesDirectory);
  const certificate = certificateFilesIn(directory);
  if (jobs.some(isSecure)) makeCertificate(certificate);
  const [originPort, uwsgiPort] = [await freePort(), await freePort()];
  const backends = { filesDirectory, originPort, uwsgiPort, uwsgiSocket: join(directory, "app.sock"), certificate };
  const running: Running[] = [];
  const nginx = findProgram("nginx");
  if (nginx !== undefined && jobs.some(({ work }) => work === "proxy")) running.push(startOrigin(nginx, launcher, directory, backends));
  const uwsgi = findProgram("uwsgi-core");
  const uwsgiJob = jobs.find(usesUwsgi);
  if (uwsgi !== undefined && uwsgiJob !== undefined) running.push(startUwsgi(uwsgi, launcher, directory, backends, uwsgiJob.body));
  return { ...backends, running };
}

/** A body that several jobs share is written once. */
function writeBody({ file, body, copies }: Job, directory: string): void {
  const path = join(directory, file);
  if (file === "" || existsSync(path)) return;
  for (let copy = 0; copy < copies; copy++) appendFileSync(path, body);
}

function usesUwsgi({ work }: Job): boolean {
  return work === "uwsgi-tcp" || work === "uwsgi-unix";
}

function startOrigin(
  program: string,
  launcher: Launcher,
  parent: string,
  { originPort, filesDirectory }: Omit<Backends, "running">,
): Running {
  const directory = join(parent, "origin");
  mkdirSync(directory);
  writeFileSync(
    join(directory, "nginx.conf"),
    `daemon off;
worker_processes 1;
pid origin.pid;
error_log error.log warn;
events { worker_connections 1024; }
http {
  ${TEMP_PATHS.join("\n  ")}
  access_log off;
  default_type text/plain;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=8;
  server { listen 127.0.0.1:${originPort}; root ${filesDirectory}; }
}
`,
  );
  return launcher.launch(program, ["-p", `${directory}/`, "-c", `${directory}/nginx.conf`, "-e", "error.log"], directory);
}

function startUwsgi(
  program: string,
  launcher: Launcher,
  parent: string,
  { uwsgiPort, uwsgiSocket }: Omit<Backends, "running">,
  body: string,
): Running {
  const directory = join(parent, "uwsgi");
  mkdirSync(directory);
  writeFileSync(
    join(directory, "app.py"),
    `BODY = ${JSON.stringify(body)}.encode()
FIELDS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]
def application(environ, start_response):
    start_response("200 OK", FIELDS)
    return [BODY]
`,
  );
  const sockets = ["--socket", `127.0.0.1:${uwsgiPort}`, "--socket", uwsgiSocket, "--chmod-socket=666", "--listen", "512"];
  const app = ["--plugin", "python3", "--wsgi-file", "app.py", "--processes", "2", "--master", "--die-on-term", "--disable-logging"];
  return launcher.launch(program, [...sockets, ...app], directory);
}
