/// How providers' notices can go wrong. The keys of a notice are its type, its id and our id of what it
/// is about.
enum NoticeFault: String, FaultName {
  case lost = "notice.lost"
  case late = "notice.late"
  case twice = "notice.twice"
  case tampered = "notice.tampered"
  case foreign = "notice.foreign"

  var summary: String {
    switch self {
    case .lost: "a notice is never sent"
    case .late: "a notice is sent delayMilliseconds (1000) later; others overtake it"
    case .twice: "a notice is sent twice, at the same time"
    case .tampered: "a notice is changed on its way: its signature does not fit"
    case .foreign: "a notice is signed for another webhook"
    }
  }
}
