/** What stands in front: balancers, gateways that ask who it is, moved sites, servers of pictures. */

import { compareSites } from "./compare-site.ts";
import { createSitePem } from "./site-pem.ts";

const MEMBER = ["Authorization: Basic YW5uOndvcmQ="];

compareSites(
  [
    {
      name: "kibana",
      files: { "etc/nginx/htpasswd.users": "ann:{PLAIN}word\n" },
      backends: { "127.0.0.1:5601": "HTTP" },
      visits: [
        "http://kibana.example.com/app/discover",
        { url: "http://kibana.example.com/app/discover", fields: MEMBER },
        "http://kibana.example.com/api/status",
        { url: "http://kibana.example.com/api/status", method: "POST", body: "x" },
      ],
    },
    {
      name: "ghost",
      backends: { "127.0.0.1:2368": "HTTP" },
      visits: [
        "http://www.blog.example.org/post/?a=1",
        "http://blog.example.org/feed",
        "http://blog.example.org/post?a=1",
        "http://blog.example.org/post/",
        "http://blog.example.org/ghost/api/admin/",
        "http://blog.example.org/assets/screen.css?v=1",
      ],
    },
    {
      name: "node-express",
      files: { "var/www/example.com/public/logo.svg": "<svg/>" },
      backends: { "localhost:3000": "HTTP", "localhost:3001": "HTTP" },
      visits: [
        "http://example.com/app2/users?a=1",
        "http://example.com/app2",
        "http://example.com/public/logo.svg",
        "http://example.com/public/none.svg",
        { url: "http://example.com/app2/login", method: "POST", body: "a=1", fields: ["Cookie: s=1"] },
      ],
    },
    {
      name: "rails-puma",
      files: {
        "home/deploy/app/public/assets/app.css": "css",
        "home/deploy/app/public/cached/index.html": "cached",
        "home/deploy/app/public/500.html": "We're sorry",
      },
      backends: { "unix:/home/deploy/app/shared/tmp/sockets/puma.sock": "HTTP" },
      visits: [
        "http://localhost/",
        "http://localhost/cached",
        "http://localhost/assets/app.css",
        "http://localhost/assets/none.css",
        { url: "http://localhost/x", method: "TRACE" },
        { url: "http://localhost/x", method: "PROPFIND" },
        { url: "http://localhost/posts/1", method: "PATCH", body: "a=b" },
      ],
    },
    {
      name: "legacy-redirects",
      visits: [
        "http://shop.example.net/product.asp?id=42",
        "http://shop.example.net/product.asp?id=1",
        "http://shop.example.net/Contact.ASPX?x=1",
        "http://shop.example.net/search?q=a&utm_source=b&c=d",
        "http://shop.example.net/search/red%20chair?page=2",
        "http://shop.example.net/old/a/b.html?x=1",
        "http://shop.example.net/old/a",
        "http://shop.example.net/loop/y",
        "http://shop.example.net/a//",
      ],
    },
    {
      name: "load-balancer",
      backends: { "app1:8000": "NOTHING", "app2:8000": "NOTHING", "app3:8000": "HTTP" },
      visits: [
        { url: "http://lb.example.com/", fields: ["X-Forwarded-For: 203.0.113.4"] },
        { url: "http://lb.example.com/orders", method: "POST", body: "a" },
        "http://lb.example.com/sticky/x?y",
        "http://lb.example.com/whoami",
        { url: "http://lb.example.com/whoami", fields: ["X-Forwarded-For: 198.51.100.1, 203.0.113.4"] },
        { url: "http://lb.example.com/nginx_status", fields: ["X-Forwarded-For: 203.0.113.4"] },
      ],
    },
    {
      name: "auth-gateway",
      backends: { "127.0.0.1:4180": "HTTP", "127.0.0.1:8080": "HTTP" },
      visits: [
        "http://intranet.example.com/wiki?a=1",
        { url: "http://intranet.example.com/wiki", method: "POST", body: "text" },
        "http://intranet.example.com/oauth2/sign_in",
        "http://intranet.example.com/closed/x?y=1",
      ],
    },
    {
      name: "image-host",
      files: {
        "srv/images/a.png": "png",
        "srv/images/placeholder.png": "placeholder",
        "srv/images/small-files/a.png": "small",
        "srv/images/cache/b.jpg": "cached",
      },
      visits: [
        "http://img.example.com/a.png",
        "http://img.example.com/b.jpg",
        "http://img.example.com/none.gif",
        { url: "http://img.example.com/a.png", fields: ["Referer: http://www.example.com/page"] },
        { url: "http://img.example.com/a.png", fields: ["Referer: https://my.friends.test/"] },
        { url: "http://img.example.com/a.png", fields: ["Referer: http://evil.test/"] },
        { url: "http://img.example.com/a.png", fields: ["Referer: hidden"] },
        "http://img.example.com/thumb/80x60/a.png",
        "http://img.example.com/thumb/80x60/none.png",
        "http://img.example.com/pixel",
        "http://img.example.com/crossdomain.xml",
      ],
    },
  ],
  createSitePem(),
);
