/** The one nginx.conf that both nginx and foregate are given. */
import { isHttp2, isSecure, type Job, RETURN_BODY } from "../jobs.ts";
import type { Site } from "../peer.ts";

/** Idle connections kept to the origin: as many as wrk has clients. */
const UPSTREAM_KEEPALIVE = 64;

/** Debian's /etc/nginx/uwsgi_params. */
const UWSGI_PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
  "REQUEST_URI $request_uri",
  "PATH_INFO $document_uri",
  "DOCUMENT_ROOT $document_root",
  "SERVER_PROTOCOL $server_protocol",
  "REQUEST_SCHEME $scheme",
  "HTTPS $https if_not_empty",
  "REMOTE_ADDR $remote_addr",
  "REMOTE_PORT $remote_port",
  "SERVER_PORT $server_port",
  "SERVER_NAME $server_name",
];

/** What a real site adds to its pages; the limit is one that the load never reaches. */
const EVERYDAY_HTTP = [
  "map $host $site { hostnames; default other; localhost local; .example.test shop; ~^10\\. inside; }",
  "limit_req_zone $binary_remote_addr zone=clients:1m rate=1000000r/s;",
];
const EVERYDAY_LOCATION = [
  "access_log access.log combined;",
  "limit_req zone=clients burst=1000 nodelay;",
  "rewrite ^/old/(.*)$ /$1 break;",
  "add_header X-Site $site;",
  "add_header Cache-Control max-age=60;",
];

/** A whole configuration for one worker; `httpLines` are added to the http block. */
export function nginxConf(job: Job, site: Site, httpLines: readonly string[] = []): string {
  return `daemon off;
worker_processes 1;
pid server.pid;
error_log error.log warn;
events { worker_connections 1024; }
http {
  ${[...httpLines, ...tlsLines(job, site), ...(job.work === "everyday" ? EVERYDAY_HTTP : []), `access_log ${site.logs ? "access.log combined" : "off"};`].join("\n  ")}
  default_type text/plain;
  sendfile on;
  tcp_nopush on;
  open_file_cache off;
  keepalive_requests 1000000000;
  upstream origin {
    server 127.0.0.1:${site.originPort};
    keepalive ${UPSTREAM_KEEPALIVE};
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${site.port}${isSecure(job) ? " ssl" : ""}${isHttp2(job) ? " http2" : ""};
    server_name localhost;
    location / {
      ${[...locationLines(job, site), ...(job.gzip ? ["gzip on;", "gzip_types text/plain;"] : [])].join("\n      ")}
    }
  }
}
`;
}

function tlsLines(job: Job, { certificate }: Site): string[] {
  if (!isSecure(job)) return [];
  const protocols = "ssl_protocols TLSv1.2 TLSv1.3;";
  return [protocols, `ssl_certificate ${certificate.certificateFile};`, `ssl_certificate_key ${certificate.keyFile};`];
}

function locationLines(job: Job, site: Site): string[] {
  switch (job.work) {
    case "return":
      return [`return 200 "${RETURN_BODY}";`];
    case "static":
      return [`root ${site.filesDirectory};`];
    case "everyday":
      return [`root ${site.filesDirectory};`, ...EVERYDAY_LOCATION];
    case "proxy":
      return ["proxy_http_version 1.1;", 'proxy_set_header Connection "";', "proxy_pass http://origin;"];
    case "uwsgi-tcp":
      return [...uwsgiParams(), `uwsgi_pass 127.0.0.1:${site.uwsgiPort};`];
    case "uwsgi-unix":
      return [...uwsgiParams(), `uwsgi_pass unix:${site.uwsgiSocket};`];
  }
}

function uwsgiParams(): string[] {
  return UWSGI_PARAMS.map((line) => `uwsgi_param ${line};`);
}
