/** A verdict that sends the request to another URI or a named location (nginx: ngx_http_internal_redirect, ngx_http_named_location). */

export class InternalRedirect {
  /** A normalised, decoded URI path starting with "/", or a named location starting with "@". */
  readonly uri: string;
  /** Raw query string without "?"; undefined keeps the request's for a named location and empties it for a URI. */
  readonly args: string | undefined;

  constructor(uri: string, args?: string) {
    this.uri = uri;
    this.args = args;
  }
}
