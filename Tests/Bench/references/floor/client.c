// Calls an echo over gRPC's wire with the least effort: epoll and nghttp2, the message sent as it is.
// usage: client SOCKET IN_FLIGHT SECONDS

#define _GNU_SOURCE
#include "link.h"

struct lane {
  char request_id[32];
  uint64_t sent_at;
  uint8_t answer[FRAME_BYTES_MAX];
  size_t answer_bytes;
  int is_ok;
};

static struct measure measure;
static int open_lanes;
static const char frame[] = FRAME_HEAD MESSAGE;
static const size_t frame_bytes = sizeof frame - 1;

static ssize_t read_request(nghttp2_session *session, int32_t stream, uint8_t *to, size_t room,
                            uint32_t *flags, nghttp2_data_source *source, void *link) {
  (void)session, (void)stream, (void)source, (void)link;
  if (room < frame_bytes) return NGHTTP2_ERR_PAUSE;
  memcpy(to, frame, frame_bytes);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)frame_bytes;
}

static void send_call(nghttp2_session *session, struct lane *lane) {
  nghttp2_nv headers[] = {
      FIELD(":method", "POST"),
      FIELD(":scheme", "http"),
      FIELD(":path", "/dropwire.testing.v1.Echo/Echo"),
      FIELD(":authority", "localhost"),
      FIELD("content-type", "application/grpc"),
      FIELD("te", "trailers"),
      FIELD("grpc-timeout", "5S"),
      FIELD("x-request-id", lane->request_id),
  };
  nghttp2_data_provider request = {.read_callback = read_request};
  lane->answer_bytes = 0;
  lane->is_ok = 0;
  lane->sent_at = now_nanoseconds();
  if (nghttp2_submit_request(session, NULL, headers, sizeof headers / sizeof *headers, &request,
                             lane) < 0)
    die("submitting a request");
}

static int header_received(nghttp2_session *session, const nghttp2_frame *frame,
                           const uint8_t *name, size_t name_bytes, const uint8_t *value,
                           size_t value_bytes, uint8_t flags, void *link) {
  (void)flags, (void)link;
  if (name_bytes != 11 || memcmp(name, "grpc-status", 11)) return 0;
  struct lane *lane = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (lane) lane->is_ok = value_bytes == 1 && *value == '0';
  return 0;
}

static int data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data,
                      size_t bytes, void *link) {
  (void)flags, (void)link;
  struct lane *lane = nghttp2_session_get_stream_user_data(session, stream);
  if (!lane || lane->answer_bytes + bytes > sizeof lane->answer) die("an answer's size");
  memcpy(lane->answer + lane->answer_bytes, data, bytes);
  lane->answer_bytes += bytes;
  return 0;
}

static int stream_closed(nghttp2_session *session, int32_t stream, uint32_t code, void *link) {
  (void)code, (void)link;
  struct lane *lane = nghttp2_session_get_stream_user_data(session, stream);
  if (!lane || !lane->is_ok) die("a call");
  if (lane->answer_bytes != frame_bytes || memcmp(lane->answer, frame, frame_bytes))
    die("an answer's content");
  if (measure_call(&measure, lane->sent_at, now_nanoseconds())) send_call(session, lane);
  else open_lanes--;
  return 0;
}

static nghttp2_session *new_session(struct link *link) {
  nghttp2_session_callbacks *callbacks;
  nghttp2_option *option;
  if (nghttp2_session_callbacks_new(&callbacks) || nghttp2_option_new(&option)) die("session");
  nghttp2_session_callbacks_set_on_header_callback(callbacks, header_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session *session;
  if (nghttp2_session_client_new2(&session, callbacks, link, option)) die("session");
  if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, NULL, 0)) die("settings");
  return session;
}

int main(int count, char **arguments) {
  if (count != 4) die("usage: client SOCKET IN_FLIGHT SECONDS;");
  int lanes = atoi(arguments[2]);
  struct lane *lane = calloc((size_t)lanes, sizeof *lane);
  struct link *link = calloc(1, sizeof *link);
  if (!lane || !link) die("calloc");
  struct sockaddr_un address = socket_address(arguments[1]);
  link->file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(link->file, (struct sockaddr *)&address, sizeof address)) die("connect");
  if (fcntl(link->file, F_SETFL, O_NONBLOCK)) die("fcntl");
  link->epoll = epoll_create1(EPOLL_CLOEXEC);
  link_watch(link, EPOLL_CTL_ADD, EPOLLIN);
  link->session = new_session(link);

  measure_start(&measure, atof(arguments[3]));
  open_lanes = lanes;
  for (int number = 0; number < lanes; number++) {
    snprintf(lane[number].request_id, sizeof lane->request_id, "bench-lane-%d", number);
    send_call(link->session, &lane[number]);
  }
  if (link_flush(link)) die("the connection");
  while (open_lanes > 0) {
    struct epoll_event event;
    if (epoll_wait(link->epoll, &event, 1, -1) < 0) die("epoll_wait");
    if (link_turn(link)) die("the connection");
  }
  measure_print(&measure);
}
