// The images that every lab has, made of programs that Debian's packages put on the machine.
#include "lab/images.h"

namespace fairway::lab {

namespace {

constexpr const char* kNginxConf = R"(user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events {
  worker_connections 1024;
}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                  '"$http_referer" "$http_user_agent" "$http_x_forwarded_for"';
  access_log /dev/stdout main;
  sendfile on;
  keepalive_timeout 65;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /etc/nginx/conf.d/*.conf;
}
)";

constexpr const char* kNginxServer = R"(server {
  listen 80;
  server_name localhost;
  location / {
    root /usr/share/nginx/html;
    index index.html index.htm;
  }
}
)";

constexpr const char* kNginxMimeTypes = R"(types {
  text/html html htm;
  text/css css;
  text/plain txt;
  application/javascript js;
  application/json json;
  image/png png;
  image/jpeg jpg jpeg;
  image/svg+xml svg;
}
)";

constexpr const char* kNginxPage = R"(<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
<p><em>Thank you for using nginx.</em></p>
</body>
</html>
)";

// Says who answered and who asked, so that a test sees which pod it reached and from which address.
constexpr const char* kEchoServer = R"(import http.server, os, signal, socketserver, sys

# The first process of a container is not ended by a signal that it does not handle.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        lines = ["Hostname: " + os.uname().nodename, "client_address=" + self.client_address[0],
                 "method=" + self.command, "real path=" + self.path]
        lines += ["%s=%s" % (name.lower(), value) for name, value in self.headers.items()]
        answer = ("\n".join(lines) + "\n\n" + body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, form, *what):
        print(self.client_address[0], form % what, flush=True)

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

Server(("", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Echo).serve_forever()
)";

// http-echo -text=… [-listen=:5678]
constexpr const char* kHttpEcho = R"(import argparse, http.server, os, signal, socketserver

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
options = argparse.ArgumentParser(prog="http-echo")
options.add_argument("-text", required=True)
options.add_argument("-listen", default=":5678")
given = options.parse_args()

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        answer = (given.text + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, form, *what):
        print(self.client_address[0], form % what, flush=True)

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

host, _, port = given.listen.rpartition(":")
Server((host, int(port)), Echo).serve_forever()
)";

Image shell_image(std::vector<std::string> command) {
  Image image;
  image.command = std::move(command);
  return image;
}

}  // namespace

Catalogue builtin_images() {
  Catalogue images;
  Image& nginx = images["nginx"];
  nginx.entrypoint = {"nginx"};
  nginx.command = {"-g", "daemon off;"};
  nginx.stop_signal = "SIGQUIT";
  nginx.files = {{"/etc/nginx/nginx.conf", kNginxConf},
                 {"/etc/nginx/mime.types", kNginxMimeTypes},
                 {"/etc/nginx/conf.d/default.conf", kNginxServer},
                 {"/usr/share/nginx/html/index.html", kNginxPage}};
  images["busybox"] = shell_image({"sh"});
  images["alpine"] = shell_image({"/bin/sh"});
  images["debian"] = shell_image({"bash"});
  images["python"] = shell_image({"/usr/bin/python3"});
  images["pause"] = shell_image({"sleep", "infinity"});
  Image& echo = images["http-echo"];
  echo.entrypoint = {"/usr/bin/python3", "/opt/http-echo.py"};
  echo.command = {"-text", "hello-world"};
  echo.files = {{"/opt/http-echo.py", kHttpEcho}};
  Image& echoserver = images["echoserver"];
  echoserver.entrypoint = {"/usr/bin/python3", "/opt/echoserver.py"};
  echoserver.files = {{"/opt/echoserver.py", kEchoServer}};
  return images;
}

}  // namespace fairway::lab
