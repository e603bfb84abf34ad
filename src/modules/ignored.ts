/**
 * Directives that nginx's configurations hold and that change nothing here: checked as nginx checks them, and listed by `-t` as without effect.
 * Each group gives its reason once; an entry is the argument's kind, or the number of arguments where the content is not looked at.
 */

import { ignored } from "../config/define-directives.ts";
import type { Arity, Context, Directive, DirectiveTable } from "../config/directive.ts";
import { either, type Value } from "../config/value.ts";
import { count, flag, offset, oneOf, seconds, size, text, time } from "../config/values.ts";
import { readOpenFileCache } from "../http/core/open-file-cache.ts";

const HTTP: readonly Context[] = ["http"];
const SERVERS: readonly Context[] = ["http", "server"];
const LOCATIONS: readonly Context[] = ["http", "server", "location"];
const LOCATIONS_AND_IF: readonly Context[] = [...LOCATIONS, "if in location"];

type Rows = Readonly<Record<string, Value<unknown> | Arity>>;

function group(why: string, contexts: readonly Context[], rows: Rows): DirectiveTable {
  const table: Record<string, Directive> = {};
  for (const [name, row] of Object.entries(rows)) {
    table[name] =
      typeof row === "object" && "read" in row ? ignored({ in: contexts, value: row, why }) : ignored({ in: contexts, arity: row, why });
  }
  return table;
}

/** `on`, `off`, or `threads` with an optional pool. */
const aioMode: Value<string> = {
  syntax: "on | off | threads[=pool]",
  read: (arg, report) => (/^(on|off|threads(=.*)?)$/s.test(arg.text) ? arg.text : report.error(`"aio" directive invalid value`, arg.span)),
};

/** Why there is no cache of open files to set. */
const FILE_COPIES = "a file's memory copy is proved fresh on every request";
const MANY: Arity = [1, Number.POSITIVE_INFINITY];

const process = {
  ...group("Node.js waits for events in its own way", ["events"], {
    use: oneOf("epoll", "poll", "select", "kqueue", "eventport", "/dev/poll"),
    multi_accept: flag(),
    accept_mutex: flag(),
    accept_mutex_delay: time(),
    epoll_events: count(),
    worker_aio_requests: count(),
    debug_connection: text(),
  }),
  ...group("Node.js runs its own threads and timers", ["main"], {
    thread_pool: [2, 3],
    timer_resolution: time(),
    lock_file: text(),
    debug_points: oneOf("stop", "abort"),
  }),
  ...group("set it where the process is started, as with systemd or nice", ["main"], {
    worker_priority: text(),
    worker_cpu_affinity: MANY,
    worker_rlimit_core: offset(),
    working_directory: text(),
  }),
  ...group("modules are built in: no shared object is loaded", ["main"], { load_module: text() }),
  ...group("OpenSSL is the one that Node.js is built with", ["main"], { ssl_engine: text(), ssl_object_cache_inheritable: flag() }),
  ...group("regular expressions are compiled by the JavaScript engine", ["main"], { pcre_jit: flag() }),
};

const tables = {
  ...group("tables grow by themselves", HTTP, {
    server_names_hash_max_size: count(),
    server_names_hash_bucket_size: count(),
    variables_hash_max_size: count(),
    variables_hash_bucket_size: count(),
    map_hash_max_size: count(),
    map_hash_bucket_size: count(),
  }),
  ...group("tables grow by themselves", LOCATIONS, {
    types_hash_max_size: count(),
    types_hash_bucket_size: count(),
    proxy_headers_hash_max_size: count(),
    proxy_headers_hash_bucket_size: count(),
  }),
  ...group("tables grow by themselves", ["server", "location"], { referer_hash_max_size: count(), referer_hash_bucket_size: count() }),
  ...group("the JavaScript engine manages memory", SERVERS, { connection_pool_size: size(), request_pool_size: size() }),
};

const sending = {
  ...group("files are read and sent by Node.js", LOCATIONS_AND_IF, { sendfile: flag() }),
  ...group("files are read and sent by Node.js", LOCATIONS, {
    sendfile_max_chunk: size(),
    tcp_nodelay: flag(),
    tcp_nopush: flag(),
    aio: aioMode,
    aio_write: flag(),
    read_ahead: size(),
    directio: either(oneOf("off"), offset()),
    directio_alignment: offset(),
    output_buffers: 2,
    postpone_output: size(),
    send_lowat: size(),
    proxy_send_lowat: size(),
  }),
  open_file_cache: ignored({ in: LOCATIONS, arity: [1, 2], parse: readOpenFileCache, why: FILE_COPIES }),
  ...group(FILE_COPIES, LOCATIONS, {
    open_file_cache_valid: seconds(),
    open_file_cache_min_uses: count(),
    open_file_cache_errors: flag(),
    open_file_cache_events: flag(),
  }),
  ...group("a body in memory is always in one buffer", LOCATIONS, { client_body_in_single_buffer: flag() }),
  ...group("nothing is cached", LOCATIONS, {
    proxy_cache_bypass: MANY,
    proxy_no_cache: MANY,
    uwsgi_cache_bypass: MANY,
    uwsgi_no_cache: MANY,
  }),
  ...group("those browsers are gone", LOCATIONS, { msie_padding: flag(), msie_refresh: flag() }),
  ...group("nothing is passed on to FastCGI or SCGI", LOCATIONS, { fastcgi_temp_path: [1, 4], scgi_temp_path: [1, 4] }),
};

/** One table for `modules/index.ts`. */
export const ignoredDirectives: DirectiveTable = { ...process, ...tables, ...sending };
