#include <nghttp2/nghttp2.h>

/* Lets header values begin and end with spaces, as gRPC's own libraries send messages that do.
   Versions before 1.50 (0x013200) let them anyway. */
static inline void dropwire_option_allow_outer_spaces(nghttp2_option *option) {
#if NGHTTP2_VERSION_NUM >= 0x013200
  nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
#else
  (void)option;
#endif
}
