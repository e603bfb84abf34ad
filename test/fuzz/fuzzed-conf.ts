/** The configuration under the fuzzers: files, HTTP and uwsgi upstreams, streamed bodies, addresses with variables. */

const UWSGI_PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
  "REQUEST_URI $request_uri",
  "PATH_INFO $document_uri",
  "SERVER_PROTOCOL $server_protocol",
]
  .map((param) => `uwsgi_param ${param};`)
  .join("\n      ");

/** nginx.conf with the harness's placeholders. */
export function fuzzedConf(httpPort: number, uwsgiPort: number): string {
  const origin = `http://127.0.0.1:${httpPort}`;
  return `
http {
  client_body_timeout 1s;
  client_header_timeout 1s;
  keepalive_timeout 1s;
  lingering_timeout 100ms;
  proxy_http_version 1.1;
  proxy_set_header X-Front yes;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_read_timeout 2s;
  uwsgi_read_timeout 2s;
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name front;
    root %%DIR%%/www;
    location /static/ { gzip on; gzip_types *; }
    location /proxy/ { proxy_pass ${origin}; }
    location /replaced/ { proxy_pass ${origin}/new/; proxy_request_buffering on; }
    location /stream/ { proxy_pass ${origin}; proxy_request_buffering off; proxy_buffering off; }
    location /variable/ { set $place 127.0.0.1; proxy_pass http://$place:${httpPort}$request_uri; }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /proxy/$1?from=$1 break; proxy_pass ${origin}; }
    location /uwsgi-stream/ {
      uwsgi_pass 127.0.0.1:${uwsgiPort};
      uwsgi_request_buffering off;
      uwsgi_buffering off;
      ${UWSGI_PARAMS}
    }
    location /uwsgi/ {
      uwsgi_pass 127.0.0.1:${uwsgiPort};
      ${UWSGI_PARAMS}
    }
  }
}`;
}

export const FUZZED_FILES = { "www/static/a": "static file\n".repeat(30), "www/static/index.html": "index\n" };
