/// Notices on their way.
extension WorldState {
  /// One to be sent now.
  struct Delivery: Sendable {
    let index: Int
    let notice: Notice
    let url: String
    /// Of the webhook that it is signed for.
    let webhookID: String
    var isTwice = false
    var isTampered = false
  }

  /// Whether anybody wants to be told.
  var hasListener: Bool { !settings.webhookURL.isEmpty || !settings.pushURL.isEmpty }

  /// Looks for what has happened. What nobody wants to be told is forgotten.
  mutating func lookForNews(now: Int64) {
    lookForPayPalNews(now: now, isSilent: settings.webhookURL.isEmpty)
    lookForSupplierNews(now: now, isSilent: settings.pushURL.isEmpty)
  }

  /// Takes what is to be sent now, each with its fate.
  mutating func takeDeliveries(now: Int64) -> [Delivery] {
    notices.takeDue(now: now).compactMap { index in
      let notice = notices.notice(index)
      if faults.strike(NoticeFault.lost, notice.keys) != nil {
        notices.giveBack(index) { $0.isOver = true }
        return nil
      }
      if let fault = faults.strike(NoticeFault.late, notice.keys) {
        notices.giveBack(index) { $0.dueAt = now + (fault.delayMilliseconds ?? 1000) }
        return nil
      }
      let isPayPal = notice.sender == .payPal
      let isForeign = faults.strike(NoticeFault.foreign, notice.keys) != nil
      return Delivery(
        index: index, notice: notice, url: isPayPal ? settings.webhookURL : settings.pushURL,
        webhookID: isForeign ? "WH-ANOTHER" : settings.webhookID,
        isTwice: faults.strike(NoticeFault.twice, notice.keys) != nil,
        isTampered: faults.strike(NoticeFault.tampered, notice.keys) != nil)
    }
  }

  /// Records how one was received; 0 when nobody answered.
  mutating func delivered(_ index: Int, status: Int, now: Int64) {
    notices.giveBack(index) { notice in
      notice.tries += 1
      notice.status = status
      notice.isOver = (200..<300).contains(status) || notice.tries >= Notice.triesMax
      notice.dueAt = now + notice.pause
    }
  }
}
