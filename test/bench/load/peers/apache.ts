/** Apache httpd, event MPM, one process. */
import type { Job } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

/** Debian's folder of modules; mod_log_config and mod_unixd are compiled in. */
const MODULES = "/usr/lib/apache2/modules";
const BASE_MODULES = ["mpm_event", "authz_core", "mime"];

export const apache: Peer = {
  name: "apache",
  program: "apache2",
  packages: ["apache2", "libapache2-mod-proxy-uwsgi"],
  works: ["static", "proxy", "uwsgi-tcp", "uwsgi-unix"],
  command: (job, site) => ({
    args: ["-DFOREGROUND", "-d", site.directory, "-f", `${site.directory}/httpd.conf`],
    files: { "httpd.conf": httpdConf(job, site) },
  }),
};

function httpdConf(job: Job, site: Site): string {
  const modules = [...BASE_MODULES, ...(job.work === "static" ? [] : ["proxy", "proxy_http", "proxy_uwsgi"])];
  return `${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
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
Listen 127.0.0.1:${site.port}
DocumentRoot ${site.filesDirectory}
<Directory ${site.filesDirectory}>
  AllowOverride None
  Require all granted
</Directory>
${proxyLine(job, site)}
`;
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
