/*
 * Sends SIP datagrams from many loopback addresses at a steady rate, changed at random or as they are, and counts what comes back.
 *   flood <port> <sources> <net> <packets a second> <packets> <seed> <mutate 0|1> <corpus>
 * Sources are 127.0.<net>.1 and on. The corpus is messages, each after its length as 4 big-endian bytes. Prints one line of JSON.
 * C, because a sender in JavaScript would take the cores that are measured.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { MAX_SOURCES = 250, MAX_MESSAGES = 256, MAX_BYTES = 8000, BATCH = 16 };

static uint32_t state;
static uint32_t draw(void) { state ^= state << 13; state ^= state >> 17; return state ^= state << 5; }
static uint32_t below(uint32_t n) { return n == 0 ? 0 : draw() % n; }

static unsigned char *messages[MAX_MESSAGES];
static int lengths[MAX_MESSAGES], count;

static const char *pieces[] = { "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", ",", "<", ">", "\"", "\\", "=", "%", "%00", "@", "?", "[", "]", "[::1]", "sip:", "sips:", "tel:", "SIP/2.0", "Via: ", "v:",
  "Content-Length: 99999\r\n", "l: -1\r\n", "\xff\xfe", "4294967296", "-1", "999999999999", "z9hG4bK", ";tag=", ";branch=", ";lr", ";rport", "(", ")", "/", "*" };

static int put(unsigned char *m, int n, int at, int cut, const unsigned char *with, int len) {
  if (cut > n - at) cut = n - at;
  if (n - cut + len > MAX_BYTES) return n;
  memmove(m + at + len, m + at + cut, n - at - cut);
  memmove(m + at, with, len);
  return n - cut + len;
}

static int mutate(unsigned char *m, int n) {
  unsigned char copy[MAX_BYTES];
  for (int changes = 1 + below(5); changes > 0 && n > 0; changes--) {
    int at = below(n), len = below(below(5) ? 8 : 400);
    if (len > n - at) len = n - at;
    switch (below(7)) {
      case 0: m[at] = draw(); break;
      case 1: { const char *p = pieces[below(sizeof pieces / sizeof *pieces)]; n = put(m, n, at, 0, (const unsigned char *)p, strlen(p)); break; }
      case 2: n = put(m, n, at, len, m, 0); break;
      case 3: memcpy(copy, m + at, len); for (int r = below(30); r >= 0; r--) n = put(m, n, at, 0, copy, len); break;
      case 4: n = at; break;
      case 5: { int other = below(count), from = below(lengths[other]); n = put(m, n, at, n - at, messages[other] + from, lengths[other] - from); break; }
      default: for (int i = 0; i < n; i++) if (m[i] >= '0' && m[i] <= '9' && below(8) == 0) m[i] = '0' + below(10);
    }
  }
  return n;
}

/* Makes "@@@@@@@@" in a message another number each time: calls, branches and tags that nobody has seen. */
static void freshen(unsigned char *m, int n) {
  char word[9];
  snprintf(word, sizeof word, "%08x", draw());
  for (unsigned char *p = m; (p = memmem(p, m + n - p, "@@@@@@@@", 8)); p += 8) memcpy(p, word, 8);
}

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  int port = atoi(argv[1]), sources = atoi(argv[2]), net = atoi(argv[3]), changed = atoi(argv[7]);
  double rate = atof(argv[4]);
  long packets = atol(argv[5]), sent = 0, failed = 0, answers = 0;
  long long out = 0, back = 0;
  state = strtoul(argv[6], NULL, 10) | 1;
  FILE *f = fopen(argv[8], "rb");
  unsigned char head[4];
  while (f && count < MAX_MESSAGES && fread(head, 1, 4, f) == 4) {
    int n = head[2] << 8 | head[3];
    messages[count] = malloc(n);
    lengths[count] = fread(messages[count], 1, n, f);
    count++;
  }
  if (count == 0 || sources < 1 || sources > MAX_SOURCES) return 2;
  int sockets[MAX_SOURCES];
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  for (int i = 0; i < sources; i++) {
    struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(127 << 24 | net << 8 | (i + 1)) };
    sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(sockets[i], (struct sockaddr *)&from, sizeof from) || connect(sockets[i], (struct sockaddr *)&to, sizeof to)) { perror("bind"); return 1; }
  }
  static unsigned char buffers[BATCH][MAX_BYTES];
  static unsigned char in[65536];
  struct mmsghdr batch[BATCH];
  struct iovec parts[BATCH];
  double start = now();
  for (long turn = 0; sent + failed < packets; turn++) {
    int s = sockets[turn % sources], n = packets - sent - failed < BATCH ? (int)(packets - sent - failed) : BATCH;
    memset(batch, 0, sizeof batch);
    for (int i = 0; i < n; i++) {
      int which = below(count), len = lengths[which];
      memcpy(buffers[i], messages[which], len);
      freshen(buffers[i], len);
      if (changed) len = mutate(buffers[i], len);
      parts[i] = (struct iovec){ buffers[i], len };
      batch[i].msg_hdr.msg_iov = &parts[i];
      batch[i].msg_hdr.msg_iovlen = 1;
    }
    int done = sendmmsg(s, batch, n, 0);
    if (done < 0) done = 0;
    for (int i = 0; i < done; i++) out += parts[i].iov_len;
    sent += done;
    failed += n - done;
    for (ssize_t got; (got = recv(s, in, sizeof in, MSG_DONTWAIT)) >= 0;) { answers++; back += got; }
    double ahead = start + (sent + failed) / rate - now();
    if (ahead > 0) { struct timespec t = { (time_t)ahead, (long)((ahead - (time_t)ahead) * 1e9) }; nanosleep(&t, NULL); }
  }
  double seconds = now() - start;
  struct timespec rest = { 1, 0 };
  nanosleep(&rest, NULL);
  for (int i = 0; i < sources; i++) for (ssize_t got; (got = recv(sockets[i], in, sizeof in, MSG_DONTWAIT)) >= 0;) { answers++; back += got; }
  printf("{\"sent\":%ld,\"failed\":%ld,\"bytesOut\":%lld,\"answers\":%ld,\"bytesBack\":%lld,\"seconds\":%.3f}\n", sent, failed, out, answers, back, seconds);
  return 0;
}
