/** Applications that speak HTTP, behind the configurations that their manuals hand out. */

import { compareSites } from "./compare-site.ts";
import { createSitePem } from "./site-pem.ts";

compareSites(
  [
    {
      name: "gunicorn-django",
      files: {
        "srv/app/static/admin.css": "body{}",
        "srv/app/media/a.png": "png",
        "srv/app/current/public/robots.txt": "User-agent: *",
        "srv/app/current/public/500.html": "Sorry",
      },
      backends: { "unix:/run/gunicorn.sock": "HTTP" },
      visits: [
        { url: "http://evil.test/", isSilent: true },
        "http://example.com/static/admin.css",
        "http://example.com/media/a.png",
        "http://example.com/media/none.png",
        "http://example.com/robots.txt",
        "http://www.example.com/admin/?next=/a%2Fb",
        { url: "http://example.com/login/", method: "POST", body: "user=a", fields: ["X-Forwarded-For: 203.0.113.9"] },
        "http://example.com/status-500",
      ],
    },
    {
      name: "jupyter",
      backends: { "127.0.0.1:8000": "HTTP" },
      visits: [
        "http://notebooks.example.org/hub/a%20b?x=1",
        "https://notebooks.example.org/user/ann/lab",
        { url: "https://notebooks.example.org/api/kernels", method: "POST", body: "{}", fields: ["X-Real-IP: 203.0.113.9"] },
        "https://notebooks.example.org/.well-known/x",
      ],
    },
    {
      name: "grafana",
      files: { "usr/share/nginx/html/index.html": "home" },
      backends: { "localhost:3000": "HTTP" },
      visits: [
        "http://localhost/",
        "http://localhost/grafana/d/1?orgId=1",
        "http://localhost/grafana",
        "http://localhost/grafana/api/live/ws",
        "http://localhost/grafana/a%20b%2Fc",
      ],
    },
    {
      name: "odoo",
      files: { "opt/odoo/web/static/a.js": "js" },
      backends: { "127.0.0.1:8069": "HTTP", "127.0.0.1:8072": "HTTP" },
      visits: [
        "http://odoo.mycompany.com/web?db=x",
        "https://odoo.mycompany.com/web?db=x",
        "https://odoo.mycompany.com/web/static/a.js",
        "https://odoo.mycompany.com/web/static/none.js",
        "https://odoo.mycompany.com/WEB/database/Manager",
        "https://odoo.mycompany.com/websocket?version=1",
      ],
    },
    {
      name: "sentry",
      backends: { "relay:3000": "HTTP", "web:9000": "HTTP" },
      visits: [
        { url: "http://sentry.test/api/42/envelope/", method: "POST", body: "{}", fields: ["X-Forwarded-For: 198.51.100.7"] },
        { url: "http://sentry.test/api/0/relays/x", fields: ["X-Forwarded-For: 198.51.100.7"] },
        { url: "http://sentry.test/settings/", fields: ["X-Forwarded-For: 198.51.100.7"] },
        { url: "http://sentry.test/settings/", fields: ["X-Forwarded-For: 198.51.100.7, 203.0.113.5, 10.0.0.1"] },
        "http://sentry.test/",
        { url: "http://sentry.test/_static/a.js", fields: ["X-Request-Id: 7"] },
      ],
    },
    {
      name: "gitlab",
      files: { "srv/gitlab/public/502.html": "GitLab is not responding", "srv/gitlab/public/404.html": "none" },
      backends: { "unix:/var/opt/gitlab/gitlab-workhorse/sockets/socket": "HTTP" },
      visits: [
        "http://git.example.com/group/project.git?private_token=x",
        "https://git.example.com/group/project.git/info/refs?service=git-upload-pack",
        "https://git.example.com/502.html",
        "https://git.example.com/status-404",
        { url: "https://git.example.com/upload", method: "PUT", body: "x".repeat(3000) },
      ],
    },
    {
      name: "discourse",
      files: {
        "var/www/discourse/public/fonts/a.woff2": "font",
        "var/www/discourse/public/uploads/a.css": "css",
        "var/www/discourse/public/images/logo.png": "png",
      },
      backends: { "unix:/var/www/discourse/tmp/sockets/puma.sock": "HTTP" },
      visits: [
        "http://discuss.example.com/",
        "http://discuss.example.com/favicon.ico",
        "http://discuss.example.com/fonts/a.woff2",
        "http://discuss.example.com/uploads/a.css",
        "http://discuss.example.com/uploads/none.png",
        "http://discuss.example.com/images/logo.png",
        "http://discuss.example.com/backups/x",
        "http://discuss.example.com/downloads/uploads/a.css",
        "http://discuss.example.com/srv/status",
        { url: "http://discuss.example.com/t/topic/1.json", fields: ["Accept-Encoding: gzip"] },
      ],
    },
    {
      name: "plone",
      backends: { "127.0.0.1:8080": "HTTP" },
      visits: [
        "http://www.example.com/",
        "http://www.example.com/news/caf%C3%A9?b_start=10",
        "http://api.example.com/++api++/news",
        "http://api.example.com/++api++",
        "http://api.example.com/search?q=1",
      ],
    },
    {
      name: "geonode",
      files: { "opt/geonode/static_root/a.css": "css", "opt/geonode/uploaded/a.zip": "zip" },
      backends: { "unix:/run/geonode/uwsgi.sock": "UWSGI", "localhost:8080": "HTTP" },
      visits: [
        "http://localhost/geoserver/wms?service=WMS",
        "http://localhost/gwc/service/wmts?x=1",
        "http://localhost/static/a.css",
        "http://localhost/uploaded/a.zip",
        "http://localhost/layers/?limit=5",
        { url: "http://localhost/layers/", method: "OPTIONS", fields: ["Origin: http://a.test"] },
        {
          url: "http://localhost/documents/upload",
          method: "POST",
          body: "name=x",
          fields: ["Content-Type: application/x-www-form-urlencoded"],
        },
      ],
    },
  ],
  createSitePem(),
);
