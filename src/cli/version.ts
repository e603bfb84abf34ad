/** What -v, -V and -h print, in nginx's form where tools read it. */

import { NGINX_VERSION, serverToken } from "../http/server-identity.ts";
import { configureArguments, hasTls } from "./configure-arguments.ts";

export const VERSION = `foregate version: ${serverToken("on")}\n`;

export function renderLongVersion(): string {
  return [
    `${VERSION}nginx version: nginx/${NGINX_VERSION}`,
    `built with OpenSSL ${process.versions.openssl} (Node.js ${process.versions.node})`,
    ...(hasTls() ? ["TLS SNI support enabled"] : []),
    `configure arguments: ${configureArguments().join(" ")}\n`,
  ].join("\n");
}

export const USAGE = `Usage: foregate [-?hvVtTq] [-s signal] [-p prefix]
                [-e filename] [-c filename] [-g directives]
       foregate explain [options] URL

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: where the configuration file is,
                  or the directory above if that is called conf)
  -e filename   : set error log file (default: logs/error.log)
  -c filename   : set configuration file (default: conf/foregate.conf,
                  or conf/nginx.conf where the prefix has only that)
  -g directives : set global directives out of configuration file

foregate explain -h shows its options.
`;
