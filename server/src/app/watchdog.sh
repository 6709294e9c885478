#!/bin/sh
# Stops PostgreSQL when the server that started it dies, even by kill -9: its end of our stdin then closes.
# A line on stdin means that the server has stopped PostgreSQL itself. A shell, because it costs 1 MB where a Node process costs 45.
# $1: pid of the postmaster. SIGINT is PostgreSQL's "fast" shutdown: sessions are ended, nothing committed is lost.
trap '' INT TERM HUP
if read -r _; then exit 0; fi
kill -INT "$1" 2>/dev/null
