/** Applications behind uWSGI, as its manual and those of frameworks configure them, and what stands in front of several services. */

import { compareSites } from "./compare-site.ts";
import { createSitePem } from "./site-pem.ts";

const FORM = ["Content-Type: application/x-www-form-urlencoded"];
const STAFF = ["Authorization: Basic YW5uOndvcmQ="];

compareSites(
  [
    {
      name: "flask-uwsgi",
      backends: { "unix:/run/uwsgi/yourapplication.sock": "UWSGI" },
      visits: [
        "http://example.com/",
        "http://example.com/favicon.ico",
        "http://example.com/caf%C3%A9/a%2Fb?x=%20",
        { url: "http://example.com/form", method: "POST", body: "name=x", fields: FORM },
        { url: "http://example.com/x", fields: ["X-Custom: 1", "Cookie: a=b", "X_Under: 1"] },
      ],
    },
    {
      name: "flask-prefix",
      backends: { "unix:/tmp/yourapplication.sock": "UWSGI" },
      visits: [
        "http://localhost/yourapplication?a=1",
        "http://localhost/yourapplication/users/1",
        "http://localhost/yourapplicationx",
        "http://localhost/",
      ],
    },
    {
      name: "django-uwsgi",
      files: { "srv/mysite/static/css/a.css": "css", "srv/mysite/media/photo.jpg": "jpg" },
      backends: { "unix:///srv/mysite/mysite.sock": "UWSGI" },
      visits: [
        "http://example.com:8000/static/css/a.css",
        "http://example.com:8000/media/photo.jpg",
        "http://example.com:8000/media",
        "http://example.com:8000/static/none.css",
        "http://example.com:8000/admin/login/?next=/admin/",
        { url: "http://example.com:8000/admin/login/", method: "POST", body: "username=x", fields: FORM },
        { url: "http://example.com:8000/", method: "DELETE" },
      ],
    },
    {
      name: "wordpress-uwsgi",
      files: {
        "var/www/wordpress/index.php": "<?php",
        "var/www/wordpress/wp-login.php": "<?php",
        "var/www/wordpress/wp-admin/index.php": "<?php",
        "var/www/wordpress/wp-content/uploads/evil.php": "<?php",
        "var/www/wordpress/wp-content/uploads/a.jpg": "jpg",
        "var/www/wordpress/.htaccess": "secret",
      },
      backends: { "unix:/run/uwsgi/php.sock": "UWSGI" },
      visits: [
        "http://blog.example.com/",
        "http://blog.example.com/2024/02/hello-world/?utm=1",
        "http://blog.example.com/wp-admin",
        "http://blog.example.com/wp-admin/",
        "http://blog.example.com/wp-login.php",
        "http://blog.example.com/none.php",
        "http://blog.example.com/wp-content/uploads/evil.php",
        "http://blog.example.com/wp-content/uploads/a.jpg",
        "http://blog.example.com/.htaccess",
        "http://blog.example.com/xmlrpc.php",
        "http://blog.example.com/favicon.ico",
        "http://blog.example.com/index.php/a/b",
      ],
    },
    {
      name: "web2py",
      files: { "home/www-data/web2py/applications/shop/static/css/a.css": "css" },
      backends: { "unix:///run/web2py.socket": "UWSGI" },
      visits: [
        "http://web2py.example.com/shop/static/css/a.css",
        "http://web2py.example.com/shop/static/_1.2.3/css/a.css",
        "http://web2py.example.com/shop/static/none.css",
        "http://web2py.example.com/shop/default/index",
      ],
    },
    {
      name: "searx",
      files: { "usr/local/searx/static/logo.png": "png" },
      backends: { "unix:/usr/local/searx/run/socket": "UWSGI" },
      visits: [
        "http://searx.example.com/searx",
        "http://searx.example.com/searx/search?q=a+b",
        "http://searx.example.com/searx/static/logo.png",
        { url: "http://searx.example.com/searx/", fields: ["X-Forwarded-For: 203.0.113.1"] },
      ],
    },
    {
      name: "mailman",
      files: { "var/lib/mailman3/web/static/a.js": "js" },
      backends: { "127.0.0.1:8033": "UWSGI" },
      visits: [
        "http://lists.example.org/",
        "http://lists.example.org/postorius/lists/",
        "http://lists.example.org/archives",
        "http://lists.example.org/accounts/login/?next=/",
        "http://lists.example.org/static/mailman3/a.js",
        "http://lists.example.org/other",
      ],
    },
    {
      name: "django-several",
      files: { "srv/www/503.html": "Back soon", "srv/www/403.html": "Not for you", "etc/nginx/staff.htpasswd": "ann:{PLAIN}word\n" },
      backends: { "127.0.0.1:3031": "NOTHING", "127.0.0.1:3032": "UWSGI", "127.0.0.1:3033": "UWSGI", "127.0.0.1:3039": "NOTHING" },
      visits: [
        "http://www.example.com/shop/cart",
        "http://www.example.com/blog/",
        "http://www.example.com/broken/",
        "http://www.example.com/blog/admin/",
        { url: "http://www.example.com/blog/admin/", fields: STAFF },
        "http://www.example.com/503.html",
        "http://www.example.com/about.html",
        "http://www.example.com/about",
      ],
    },
    {
      name: "accel-redirect",
      files: { "srv/files/report.txt": "figures" },
      backends: { "127.0.0.1:5001": "HTTP" },
      visits: [
        "http://files.example.com/download?accel=/protected/report.txt",
        "http://files.example.com/download?accel=/protected/none.txt",
        { url: "http://files.example.com/download?accel=/protected/report.txt", fields: ["Range: bytes=0-2"] },
        "http://files.example.com/protected/report.txt",
        "http://files.example.com/robots.txt",
        { url: "http://files.example.com/a", method: "HEAD" },
      ],
    },
    {
      name: "gateway",
      backends: { "users:8080": "HTTP", "gone:1": "NOTHING", "orders:8080": "HTTP" },
      visits: [
        "https://gateway.example.com:8443/users/7?a=b",
        { url: "https://gateway.example.com:8443/users/7", fields: ["Accept: application/vnd.example.v2+json", "Cookie: a=b"] },
        { url: "https://gateway.example.com:8443/users/", method: "POST", body: "{}" },
        { url: "https://gateway.example.com:8443/users/", method: "POST", body: "x".repeat(2000) },
        "https://gateway.example.com:8443/orders/12/items?page=2",
        "https://gateway.example.com:8443/orders/x",
        "https://gateway.example.com:8443/users/status-404",
        "https://gateway.example.com:8443/users/status-500",
        "https://gateway.example.com:8443/status",
      ],
    },
  ],
  createSitePem(),
);
