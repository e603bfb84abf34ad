/** Apache httpd, event MPM, one process. */
import { isHttp2, isSecure, type Job } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

/** Debian's folder of modules; mod_log_config and mod_unixd are compiled in. */
const MODULES = "/usr/lib/apache2/modules";
const BASE_MODULES = ["mpm_event", "authz_core", "mime"];

export const apache: Peer = {
  name: "apache",
  program: "apache2",
  packages: ["apache2", "libapache2-mod-proxy-uwsgi"],
  serves: ({ work }) => work !== "return" && work !== "everyday",
  command: (job, site) => ({
    args: ["-DFOREGROUND", "-d", site.directory, "-f", `${site.directory}/httpd.conf`],
    files: { "httpd.conf": httpdConf(job, site) },
  }),
};

function httpdConf(job: Job, site: Site): string {
  const { certificateFile, keyFile } = site.certificate;
  return `${modulesFor(job)
    .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
    .join("\n")}
ServerName localhost
PidFile httpd.pid
DefaultRuntimeDir ${site.directory}
ErrorLog error.log
${site.logs ? 'CustomLog access.log "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\""' : ""}
User www-data
Group www-data
ServerLimit 1
StartServers 1
ThreadLimit 128
ThreadsPerChild 128
MaxRequestWorkers 128
MinSpareThreads 1
MaxSpareThreads 128
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
EnableSendfile On
TypesConfig /dev/null
AddType text/plain .txt
Listen 127.0.0.1:${site.port}
DocumentRoot ${site.filesDirectory}
<Directory ${site.filesDirectory}>
  AllowOverride None
  Require all granted
</Directory>
${isSecure(job) ? `SSLEngine on\nSSLCertificateFile ${certificateFile}\nSSLCertificateKeyFile ${keyFile}` : ""}
${isHttp2(job) ? `Protocols ${job.protocol}` : ""}
${job.gzip ? "AddOutputFilterByType DEFLATE text/plain\nDeflateCompressionLevel 1" : ""}
${proxyLine(job, site)}
`;
}

function modulesFor(job: Job): string[] {
  return [
    ...BASE_MODULES,
    ...(job.work === "static" ? [] : ["proxy", "proxy_http", "proxy_uwsgi"]),
    ...(isSecure(job) ? ["ssl"] : []),
    ...(isHttp2(job) ? ["http2"] : []),
    ...(job.gzip ? ["filter", "deflate"] : []),
  ];
}

function proxyLine(job: Job, site: Site): string {
  switch (job.work) {
    case "proxy":
      return `ProxyPass / http://127.0.0.1:${site.originPort}/`;
    case "uwsgi-tcp":
      return `ProxyPass / uwsgi://127.0.0.1:${site.uwsgiPort}/`;
    case "uwsgi-unix":
      return `ProxyPass / unix:${site.uwsgiSocket}|uwsgi://uwsgi/`;
    default:
      return "";
  }
}
