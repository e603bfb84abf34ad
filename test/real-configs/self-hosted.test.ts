/** What people run for themselves: clouds, registries, monitoring, forges, a social network. */

import { compareSites } from "./compare-site.ts";
import { createSitePem } from "./site-pem.ts";

const MEMBER = ["Authorization: Basic YW5uOndvcmQ="];

compareSites(
  [
    {
      name: "nextcloud-proxy",
      backends: { "127.0.0.1:8080": "HTTP" },
      visits: [
        "http://cloud.example.com/index.php/login",
        "https://cloud.example.com/robots.txt",
        "https://cloud.example.com/.well-known/caldav",
        "https://cloud.example.com/.well-known/webfinger?resource=acct:a",
        "https://cloud.example.com/data/secret",
        "https://cloud.example.com/.git",
        { url: "https://cloud.example.com/remote.php/dav/files/a.txt", method: "PUT", body: "content" },
      ],
    },
    {
      name: "home-assistant",
      backends: { "127.0.0.1:8123": "HTTP" },
      visits: [
        "http://home.example.org/",
        "http://home.example.org/api/websocket",
        { url: "http://home.example.org/auth/token", method: "POST", body: "grant_type=x" },
      ],
    },
    {
      name: "jenkins",
      files: {
        "var/cache/jenkins/war/css/style.css": "css",
        "var/lib/jenkins/userContent/readme.txt": "read me",
        "var/lib/jenkins/userContent/sub/": "",
      },
      backends: { "127.0.0.1:8080": "HTTP" },
      visits: [
        "http://jenkins.example.com/",
        "http://jenkins.example.com/job/a%2Fb/",
        "http://jenkins.example.com/static/0123abcd/css/style.css",
        "http://jenkins.example.com/userContent/readme.txt",
        "http://jenkins.example.com/login?from=%2F",
        { url: "http://jenkins.example.com/crumb", fields: [".crumb: x"] },
      ],
    },
    {
      name: "docker-registry",
      files: { "etc/nginx/conf.d/nginx.htpasswd": "ann:{PLAIN}word\n" },
      backends: { "registry:5000": "HTTP" },
      visits: [
        "https://myregistrydomain.com/v2/",
        { url: "https://myregistrydomain.com/v2/", fields: MEMBER },
        { url: "https://myregistrydomain.com/v2/", fields: ["User-Agent: docker/1.4.1"] },
        { url: "https://myregistrydomain.com/v2/a/blobs/uploads/1", method: "PATCH", body: "layer", fields: MEMBER },
        "https://myregistrydomain.com/other",
      ],
    },
    {
      name: "minio",
      backends: { "minio:9000": "HTTP", "minio:9001": "HTTP" },
      visits: [
        "http://minio.example.net/bucket/key%20with%2Fslash?versionId=1",
        { url: "http://minio.example.net/bucket/key", method: "PUT", body: "x".repeat(20_000), fields: ["x-amz-meta-a: b"] },
        "http://minio.example.net/minio/ui/login",
        "http://minio.example.net/status-503",
      ],
    },
    {
      name: "keycloak",
      backends: { "kc1:8080": "HTTP", "kc2:8080": "NOTHING" },
      visits: [
        "https://sso.example.com/realms/main/protocol/openid-connect/auth?client_id=a",
        { url: "https://sso.example.com/realms/main", fields: [`Cookie: state=${"x".repeat(9000)}`] },
        "https://sso.example.com/admin/",
        "https://sso.example.com/robots.txt",
        "https://sso.example.com/",
      ],
    },
    {
      name: "prometheus",
      files: { "etc/nginx/.htpasswd": "ann:{PLAIN}word\n" },
      backends: { "localhost:9090": "HTTP", "localhost:9093": "HTTP" },
      visits: [
        "https://localhost:9443/prometheus/graph",
        { url: "https://localhost:9443/prometheus/graph?g0.expr=up", fields: MEMBER },
        { url: "https://localhost:9443/prometheus", fields: MEMBER },
        { url: "https://localhost:9443/alertmanager/api/v2/alerts", fields: MEMBER },
        { url: "https://localhost:9443/alertmanager", fields: MEMBER },
        "https://localhost:9443/healthz",
        { url: "https://localhost:9443/metrics", fields: MEMBER },
      ],
    },
    {
      name: "mastodon",
      files: {
        "home/mastodon/live/public/sw.js": "js",
        "home/mastodon/live/public/packs/a.js": "js",
        "home/mastodon/live/public/500.html": "We are sorry",
      },
      backends: { "127.0.0.1:3000": "HTTP", "127.0.0.1:4000": "HTTP" },
      visits: [
        "https://social.example.com/@ann",
        "https://social.example.com/sw.js",
        "https://social.example.com/packs/a.js",
        "https://social.example.com/packs/none.js",
        "https://social.example.com/api/v1/streaming/user",
        { url: "https://social.example.com/inbox", method: "POST", body: "{}", fields: ["Proxy: evil"] },
        { url: "https://social.example.com/about", fields: ["Accept-Encoding: gzip"] },
      ],
    },
    {
      name: "artifactory",
      backends: { "127.0.0.1:8082": "HTTP", "127.0.0.1:8081": "HTTP" },
      visits: [
        "http://artifacts.example.com/",
        "http://artifacts.example.com/ui/",
        "http://docker.artifacts.example.com/v2/library/alpine/manifests/latest",
        "http://artifacts.example.com/artifactory/api/system/ping",
        { url: "http://artifacts.example.com/x", fields: ["X-Forwarded-Proto: https"] },
      ],
    },
    {
      name: "rabbitmq",
      backends: { "localhost:15672": "HTTP" },
      visits: [
        "http://localhost/rabbitmq/api/queues/%2F/name?a=b",
        "http://localhost/rabbitmq/api/queues/vhost/name",
        "http://localhost/rabbitmq/js/a.js",
        "http://localhost/raw/a%2Fb?c=%20d",
        "http://localhost/other",
      ],
    },
    {
      name: "gitea",
      files: { "srv/gitea/public/css/index.css": "css" },
      backends: { "127.0.0.1:3000": "HTTP" },
      visits: [
        "http://example.com/git",
        "http://example.com/git/ann/repo/src/branch/a%2Fb",
        "http://example.com/git/explore?q=1",
        "http://example.com/git/_/static/assets/css/index.css",
      ],
    },
  ],
  createSitePem(),
);
