// One HTTP/2 connection over a nonblocking socket: what both ends of the floor share.

#pragma once

#include <errno.h>
#include <fcntl.h>
#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../measure.h"

#define BUFFER_BYTES 262144
#define STREAMS_MAX 1000
// The gRPC frame around the message: a flag and the length.
#define FRAME_HEAD "\0\0\0\0\x74"
#define FRAME_HEAD_BYTES 5
#define FRAME_BYTES_MAX 1024

// A header field of constant texts, which nghttp2 need not copy.
#define FIELD(name, value)                                                      \
  {(uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value),          \
   NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}

struct link {
  int file, epoll;
  nghttp2_session *session;
  // Taken from the session, not yet by the kernel.
  uint8_t out[BUFFER_BYTES];
  size_t out_bytes, out_sent;
  int waits_for_room;
};

static inline struct sockaddr_un socket_address(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) die("socket path");
  strcpy(address.sun_path, path);
  return address;
}

static inline void link_watch(struct link *link, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = link};
  if (epoll_ctl(link->epoll, operation, link->file, &event)) die("epoll_ctl");
}

// Takes all that the session has to say; one write for as much as fits.
static inline int link_flush(struct link *link) {
  for (;;) {
    const uint8_t *piece;
    // The largest piece is a frame of 16 KiB and its head.
    while (BUFFER_BYTES - link->out_bytes > 20000) {
      ssize_t bytes = nghttp2_session_mem_send(link->session, &piece);
      if (bytes < 0) return -1;
      if (bytes == 0) break;
      memcpy(link->out + link->out_bytes, piece, (size_t)bytes);
      link->out_bytes += (size_t)bytes;
    }
    if (link->out_bytes == 0) return 0;
    ssize_t sent = send(link->file, link->out + link->out_sent, link->out_bytes - link->out_sent,
                        MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent > 0) link->out_sent += (size_t)sent;
    int is_full = link->out_sent < link->out_bytes;
    if (!is_full) link->out_bytes = link->out_sent = 0;
    if (is_full != link->waits_for_room) {
      link->waits_for_room = is_full;
      link_watch(link, EPOLL_CTL_MOD, is_full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    if (is_full) return 0;
  }
}

// Reads once, feeds the session, and flushes what came of it; -1 at the connection's end.
static inline int link_turn(struct link *link) {
  static uint8_t in[BUFFER_BYTES];
  ssize_t bytes = recv(link->file, in, sizeof in, 0);
  if (bytes == 0 || (bytes < 0 && errno != EAGAIN)) return -1;
  if (bytes > 0 && nghttp2_session_mem_recv(link->session, in, (size_t)bytes) < 0) return -1;
  return link_flush(link);
}
