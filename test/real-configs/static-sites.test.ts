/** Sites made of files, as they are found on servers: distributions' defaults, generated pages, mirrors, many names. */

import { compareSites } from "./compare-site.ts";
import { createSitePem } from "./site-pem.ts";

const PAGE = "<!doctype html><title>A page</title><p>Hello.</p>\n";
const LONG_STYLE = "body { margin: 0 }\n".repeat(100);

compareSites(
  [
    {
      name: "debian-default",
      files: { "var/www/html/index.nginx-debian.html": PAGE, "var/www/html/.htaccess": "secret", "var/www/html/docs/a.txt": "a" },
      visits: [
        "http://localhost/",
        "http://any.test/docs",
        "http://localhost/docs/",
        "http://localhost/.htaccess",
        "http://localhost/none",
      ],
    },
    {
      name: "docker-image",
      files: { "usr/share/nginx/html/index.html": PAGE, "usr/share/nginx/html/50x.html": "An error occurred." },
      backends: { "127.0.0.1:8081": "NOTHING" },
      visits: [
        "http://localhost/",
        "http://localhost/50x.html",
        "http://localhost/old.php?a=1",
        "http://localhost/none",
        { url: "http://localhost/", method: "POST", body: "a=1" },
        { url: "http://localhost/", fields: ["If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT"] },
        { url: "http://localhost/index.html", fields: ["Range: bytes=0-9"] },
      ],
    },
    {
      name: "boilerplate",
      files: {
        "var/www/example.com/public/index.html": PAGE,
        "var/www/example.com/public/404.html": "Not here",
        "var/www/example.com/public/css/main.css": LONG_STYLE,
        "var/www/example.com/public/font.woff": "font",
        "var/www/example.com/public/data.json": "{}",
        "var/www/example.com/public/.git/config": "secret",
        "var/www/example.com/public/.well-known/security.txt": "Contact: x",
        "var/www/example.com/public/backup.sql": "secret",
      },
      visits: [
        "http://www.example.com/a?b=c",
        "http://example.com/",
        { url: "http://example.com/css/main.css", fields: ["Accept-Encoding: gzip"] },
        "http://example.com/css/main.123abc.css",
        "http://example.com/font.woff",
        "http://example.com/data.json",
        "http://example.com/.git/config",
        "http://example.com/.well-known/security.txt",
        "http://example.com/backup.sql",
        "http://example.com/none",
      ],
    },
    {
      name: "single-page-application",
      files: { "usr/share/nginx/html/index.html": PAGE, "usr/share/nginx/html/assets/app.js": "let a;\n".repeat(50) },
      backends: { "backend:3000": "HTTP" },
      visits: [
        "http://localhost/",
        "http://localhost/users/7",
        "http://localhost/index.html",
        { url: "http://localhost/assets/app.js", fields: ["Accept-Encoding: gzip, br"] },
        "http://localhost/assets/none.js",
        "http://localhost/api/users?page=2",
        "http://localhost/api",
        { url: "http://localhost/api/users", method: "POST", body: '{"name":"x"}', fields: ["Content-Type: application/json"] },
        "http://localhost/health",
      ],
    },
    {
      name: "maintenance",
      files: { "srv/shop/maintenance.html": "Closed.", "srv/shop/assets/logo.svg": "<svg/>", "srv/shop/index.html": PAGE },
      visits: ["http://shop.example.com/", "http://shop.example.com/assets/logo.svg", "http://shop.example.com/maintenance.html"],
    },
    {
      name: "certbot",
      files: {
        "var/www/example.com/html/index.html": PAGE,
        "var/lib/letsencrypt/http_challenges/.well-known/acme-challenge/token": "proof",
      },
      visits: [
        "http://example.com/a?b",
        "http://www.example.com/.well-known/acme-challenge/token",
        "http://other.test/",
        "https://example.com/",
        "https://www.example.com/none",
      ],
    },
    {
      name: "mozilla-intermediate",
      backends: { "127.0.0.1:5000": "HTTP" },
      visits: [
        "http://example.com/a%20b?c=d",
        "https://example.com/a%20b?c=d",
        { url: "https://example.com/form", method: "PUT", body: "content" },
        "https://example.com/status-404",
      ],
    },
    {
      name: "names",
      files: { "var/www/www.example.net/index.html": PAGE, "var/www/pages/ann/index.html": "Ann", "var/www/pages/ann/cv/index.html": "CV" },
      visits: [
        { url: "http://unknown.test/", isSilent: true },
        "http://example.org/x",
        "http://a.b.example.org/x?y",
        "http://www.example.net/",
        "http://www.example.net/no%20where",
        "http://ann.pages.example.net/",
        "http://ann.pages.example.net/cv",
        "http://bob.pages.example.net/x",
        "http://mail.example.com/",
      ],
    },
    {
      name: "downloads",
      files: {
        "srv/mirror/README": "read me",
        "srv/mirror/dist/b file.tar": "b".repeat(3000),
        "srv/mirror/dist/sub/": "",
        "srv/mirror/disk.iso": "0123456789",
        "srv/mirror/private/secret.txt": "secret",
        "srv/mirror/incoming/x": "x",
        "srv/mirror/archive/1.0/notes": "notes",
        "etc/nginx/htpasswd": "ann:{PLAIN}word\n",
      },
      visits: [
        "http://mirror.example.org/",
        "http://mirror.example.org/dist/",
        "http://mirror.example.org/dist/b%20file.tar",
        { url: "http://mirror.example.org/disk.iso", fields: ["Range: bytes=0-1,4-5"] },
        { url: "http://mirror.example.org/disk.iso", fields: ["Range: bytes=4-"] },
        "http://mirror.example.org/private/",
        { url: "http://mirror.example.org/private/secret.txt", fields: ["Authorization: Basic YW5uOndvcmQ="] },
        { url: "http://mirror.example.org/private/secret.txt", fields: ["Authorization: Basic YW5uOndyb25n"] },
        "http://mirror.example.org/incoming/",
        "http://mirror.example.org/old/1.0/notes",
        "http://mirror.example.org/old/none",
      ],
    },
    {
      name: "generated-site",
      files: {
        "var/www/blog/_site/index.html": PAGE,
        "var/www/blog/_site/about/index.html": "About",
        "var/www/blog/_site/contact.html": "Contact",
        "var/www/blog/_site/feed.xml": "<feed/>",
        "var/www/blog/_site/empty/": "",
        "var/www/blog/_site/404.html": "Lost",
      },
      visits: [
        "http://blog.example.com/",
        "http://blog.example.com/about",
        "http://blog.example.com/about/",
        "http://blog.example.com/contact",
        "http://blog.example.com/contact.php",
        "http://blog.example.com/blog/2019/on-proxies",
        "http://blog.example.com/about/index.html",
        "http://blog.example.com/feed",
        "http://blog.example.com/empty/",
        "http://blog.example.com/404.html",
        "http://blog.example.com/none",
      ],
    },
    {
      name: "cross-origin",
      backends: { "127.0.0.1:4000": "HTTP" },
      visits: [
        { url: "http://api.example.com/a", method: "OPTIONS", fields: ["Origin: https://app.example.com"] },
        { url: "http://api.example.com/a", fields: ["Origin: https://app.example.com"] },
        { url: "http://api.example.com/a", fields: ["Origin: https://evil.test"] },
        { url: "http://api.example.com/status-500", fields: ["Origin: http://localhost:3000"] },
      ],
    },
  ],
  createSitePem(),
);
