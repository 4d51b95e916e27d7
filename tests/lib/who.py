#!/usr/bin/python3
"""Says to everybody who asks from which address they ask. usage: who.py PORT"""
import http.server
import sys


class Who(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write((self.client_address[0] + "\n").encode())

    def log_message(self, *_):
        pass


http.server.HTTPServer(("", int(sys.argv[1])), Who).serve_forever()
