// The least an echo over gRPC's wire can cost: epoll and nghttp2, the message copied back.
// usage: server SOCKET

#define _GNU_SOURCE
#include "link.h"

struct call {
  uint8_t frame[FRAME_BYTES_MAX];
  size_t bytes, sent;
  struct call *next;
};

static struct call *idle_calls;

static int begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *link) {
  (void)link;
  struct call *call = idle_calls;
  if (call) idle_calls = call->next;
  else call = malloc(sizeof *call);
  if (!call) die("malloc");
  call->bytes = call->sent = 0;
  return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, call);
}

static int data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data,
                      size_t bytes, void *link) {
  (void)flags, (void)link;
  struct call *call = nghttp2_session_get_stream_user_data(session, stream);
  if (!call || call->bytes + bytes > sizeof call->frame) return NGHTTP2_ERR_CALLBACK_FAILURE;
  memcpy(call->frame + call->bytes, data, bytes);
  call->bytes += bytes;
  return 0;
}

static ssize_t read_answer(nghttp2_session *session, int32_t stream, uint8_t *to, size_t room,
                           uint32_t *flags, nghttp2_data_source *source, void *link) {
  (void)link;
  static const nghttp2_nv trailers[] = {
      {(uint8_t *)"grpc-status", (uint8_t *)"0", 11, 1,
       NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}};
  struct call *call = source->ptr;
  size_t bytes = call->bytes - call->sent < room ? call->bytes - call->sent : room;
  memcpy(to, call->frame + call->sent, bytes);
  call->sent += bytes;
  if (call->sent == call->bytes) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(session, stream, trailers, 1)) return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  return (ssize_t)bytes;
}

static int frame_received(nghttp2_session *session, const nghttp2_frame *frame, void *link) {
  (void)link;
  int is_end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) || !is_end) return 0;
  nghttp2_nv headers[] = {FIELD(":status", "200"), FIELD("content-type", "application/grpc")};
  nghttp2_data_provider answer = {
      .source.ptr = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id),
      .read_callback = read_answer};
  return nghttp2_submit_response(session, frame->hd.stream_id, headers, 2, &answer);
}

static int stream_closed(nghttp2_session *session, int32_t stream, uint32_t code, void *link) {
  (void)code, (void)link;
  struct call *call = nghttp2_session_get_stream_user_data(session, stream);
  if (!call) return 0;
  call->next = idle_calls;
  idle_calls = call;
  return 0;
}

static void accept_link(int listener, int epoll, const nghttp2_session_callbacks *callbacks) {
  struct link *link = calloc(1, sizeof *link);
  nghttp2_option *option;
  if (!link || nghttp2_option_new(&option)) die("calloc");
  nghttp2_option_set_no_closed_streams(option, 1);
  link->epoll = epoll;
  link->file = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (link->file < 0) die("accept4");
  if (nghttp2_session_server_new2(&link->session, callbacks, link, option)) die("session");
  nghttp2_option_del(option);
  nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX}};
  if (nghttp2_submit_settings(link->session, NGHTTP2_FLAG_NONE, settings, 1)) die("settings");
  link_watch(link, EPOLL_CTL_ADD, EPOLLIN);
  if (link_flush(link)) die("settings");
}

static void close_link(struct link *link) {
  nghttp2_session_del(link->session);
  close(link->file);
  free(link);
}

int main(int count, char **arguments) {
  if (count != 2) die("usage: server SOCKET;");
  nghttp2_session_callbacks *callbacks;
  if (nghttp2_session_callbacks_new(&callbacks)) die("callbacks");
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);

  struct sockaddr_un address = socket_address(arguments[1]);
  unlink(arguments[1]);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address)) die("bind");
  if (listen(listener, 1024)) die("listen");
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)) die("epoll_ctl");
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int index = 0; index < ready; index++) {
      struct link *link = events[index].data.ptr;
      if (!link) accept_link(listener, epoll, callbacks);
      else if (link_turn(link)) close_link(link);
    }
  }
}
