/** Configurations that nginx and foregate are both given to look at their start-up, their memory and their workers. */
import { TEMP_PATHS } from "../load/peers/nginx.ts";

export interface ConfShape {
  readonly workers: number;
  /** "off" serves from the one process that was started. */
  readonly master: "on" | "off";
  /** Lines of the http block after the usual ones, `server` blocks among them. */
  readonly http: readonly string[];
}

export const PATH = "/app7/page";
const LINES_A_LOCATION = 6;

/** A whole configuration, access logs off. */
export function wholeConf({ workers, master, http }: ConfShape): string {
  return `daemon off;
master_process ${master};
worker_processes ${workers};
pid server.pid;
error_log error.log warn;
events { worker_connections 10000; }
http {
  ${TEMP_PATHS.join("\n  ")}
  access_log off;
  default_type text/plain;
  keepalive_timeout 10m;
  keepalive_requests 1000000000;
${http.join("\n")}
}
`;
}

/** One server that answers 200 to all. */
export function smallServer(port: number): string {
  return `server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } }`;
}

/** The name of a server of `manyServers()`. */
export function nameOfServer(index: number): string {
  return `www${index}.example.test`;
}

/** `servers` servers of one address, each with so many prefix locations; all of them answer PATH with 200. */
export function manyServers(port: number, servers: number, locations: number, firstServer = 0): string[] {
  return Array.from({ length: servers }, (_, index) => {
    const name = nameOfServer(firstServer + index);
    const blocks = Array.from({ length: locations }, (_location, at) => `    location /app${at}/ { return 200 "ok"; }`);
    return [`  server {`, `    listen 127.0.0.1:${port};`, `    server_name ${name};`, ...blocks, `  }`].join("\n");
  });
}

/** A configuration of `lines` lines or a few less: servers with proxied locations and some of the usual directives. */
export function longConf(port: number, lines: number): string {
  const servers: string[] = [];
  const locations = 15;
  const linesAServer = locations * LINES_A_LOCATION + 5;
  const room = lines - wholeConf({ workers: 1, master: "on", http: [] }).split("\n").length;
  for (let index = 0; index < Math.floor(room / linesAServer); index++) {
    const blocks = Array.from({ length: locations }, (_, at) =>
      [
        `    location /app${at}/ {`,
        `      proxy_pass http://127.0.0.1:${port};`,
        `      proxy_set_header X-Real-IP $remote_addr;`,
        `      proxy_set_header X-Page "$scheme://$host$request_uri";`,
        `      add_header Cache-Control max-age=60;`,
        `    }`,
      ].join("\n"),
    );
    servers.push(
      [
        `  server {`,
        `    listen 127.0.0.1:${port};`,
        `    server_name ${nameOfServer(index)};`,
        `    rewrite ^/old/(.*)$ /app1/$1 last;`,
        ...blocks,
        `  }`,
      ].join("\n"),
    );
  }
  return wholeConf({ workers: 1, master: "on", http: servers });
}
