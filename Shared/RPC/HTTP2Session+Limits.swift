import CNGHTTP2
import NIOCore

/// Where a session stops listening to a peer. libnghttp2 has bounds of its own for frames that wait
/// to be sent, for the entries of SETTINGS and for CONTINUATION frames; these are for what it takes.
extension HTTP2Session {
  static func setLimits(_ options: OpaquePointer?) {
    // Its own count of resets knows nothing of deadlines; `FrameBudget` does.
    nghttp2_option_set_stream_reset_rate_limit(options, .max, 0)
  }

  static func setLimitCallbacks(_ callbacks: OpaquePointer?) {
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, _, _, context in
      HTTP2Session.of(context).pay("wrong")
    }
  }

  /// Takes the price of a frame. Answers what a callback answers: 0 to go on.
  func price(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
    let header = frame.pointee.hd
    let hasFlag = { (flag: nghttp2_flag) in header.flags & UInt8(flag.rawValue) != 0 }
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA:
      let isEmpty = header.length == frame.pointee.data.padlen
      return isEmpty && !hasFlag(NGHTTP2_FLAG_END_STREAM) ? pay("empty DATA") : 0
    case NGHTTP2_PING: return hasFlag(NGHTTP2_FLAG_ACK) ? 0 : pay("PING")
    case NGHTTP2_SETTINGS: return hasFlag(NGHTTP2_FLAG_ACK) ? 0 : pay("SETTINGS")
    case NGHTTP2_PRIORITY: return pay("PRIORITY")
    case NGHTTP2_GOAWAY: return pay("GOAWAY")
    case NGHTTP2_RST_STREAM:
      return events?.isResetFair(header.stream_id) == false ? pay("RST_STREAM") : 0
    default: return 0
    }
  }

  private func pay(_ what: StaticString) -> Int32 {
    if budget.spend() { return 0 }
    return stop("the peer sends too many \(what) frames")
  }

  /// Ends the session from within a callback.
  func stop(_ reason: String) -> Int32 {
    excess = reason
    return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
  }

  /// Why libnghttp2 gave up, as an HTTP/2 code and in words.
  func failure(_ code: Int32) -> HTTP2Failure {
    if let excess {
      return HTTP2Failure(description: excess, code: HTTP2Code.enhanceYourCalm)
    }
    let isFlood = [NGHTTP2_ERR_FLOODED, NGHTTP2_ERR_TOO_MANY_CONTINUATIONS].contains {
      $0.rawValue == code
    }
    return HTTP2Failure(
      description: String(cString: nghttp2_strerror(code)),
      code: isFlood ? HTTP2Code.enhanceYourCalm : HTTP2Code.protocolError)
  }

  /// Frames that wait to be sent, without those of bodies.
  var outgoingFrames: Int { nghttp2_session_get_outbound_queue_size(session) }

  /// A GOAWAY frame by hand: libnghttp2 says nothing more after it gave up.
  ///
  ///     length 8 | type 7 | flags 0 | stream 0 | last stream taken | code
  func farewell(_ code: UInt32) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeBytes([0, 0, 8, 7, 0])
    bytes.writeInteger(Int32(0))
    bytes.writeInteger(nghttp2_session_get_last_proc_stream_id(session))
    bytes.writeInteger(code)
    return bytes
  }
}
