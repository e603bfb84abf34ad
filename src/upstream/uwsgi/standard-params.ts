/** The params of nginx's `uwsgi_params` file, in its order: sent where a configuration gives none. */

export interface StandardParam {
  readonly name: string;
  /** Without "$". */
  readonly variable: string;
  readonly ifNotEmpty: boolean;
}

const ROWS: readonly (readonly [name: string, variable: string])[] = [
  ["QUERY_STRING", "query_string"],
  ["REQUEST_METHOD", "request_method"],
  ["CONTENT_TYPE", "content_type"],
  ["CONTENT_LENGTH", "content_length"],
  ["REQUEST_URI", "request_uri"],
  ["PATH_INFO", "document_uri"],
  ["DOCUMENT_ROOT", "document_root"],
  ["SERVER_PROTOCOL", "server_protocol"],
  ["REQUEST_SCHEME", "scheme"],
  ["HTTPS", "https"],
  ["REMOTE_ADDR", "remote_addr"],
  ["REMOTE_PORT", "remote_port"],
  ["SERVER_PORT", "server_port"],
  ["SERVER_NAME", "server_name"],
];

export const STANDARD_PARAMS: readonly StandardParam[] = ROWS.map(([name, variable]) => ({ name, variable, ifNotEmpty: name === "HTTPS" }));
