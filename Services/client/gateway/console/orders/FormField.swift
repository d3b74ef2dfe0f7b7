import RPC

/// A field of a page's form. The names are the template's.
struct FormField: Sendable {
  struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  enum Kind: Sendable {
    case line(autocomplete: String = "off")
    /// A day of the calendar, 2026-11-01.
    case day
    case area
    case list([(value: String, label: String)])
    case check
  }

  let name: String
  let label: String
  let value: String
  let hint: String
  /// Shown in an empty line.
  let example: String
  /// What is wrong with the value; empty for nothing.
  let wrong: String
  let isWrong: Bool
  let isRequired: Bool
  let isLine: Bool
  let isDay: Bool
  let isArea: Bool
  let isList: Bool
  let isCheck: Bool
  let isTicked: Bool
  let autocomplete: String
  let choices: [Choice]

  /// - Parameter sent: what was typed before, and what was wrong about it.
  init(
    _ name: String, _ label: String, _ kind: Kind = .line(), value: String = "",
    hint: String = "", isRequired: Bool = true, example: String = "", sent: SentForm? = nil
  ) {
    self.name = name
    self.label = label
    let value = sent?.form.text(name) ?? value
    self.value = value
    self.hint = hint
    self.example = example
    wrong = sent?.problem(of: name) ?? ""
    isWrong = !wrong.isEmpty
    self.isRequired = isRequired
    (isLine, isArea, isList, isCheck) = Self.shape(kind)
    isDay = if case .day = kind { true } else { false }
    isTicked = !value.isEmpty
    if case .line(let autocomplete) = kind {
      self.autocomplete = autocomplete
    } else {
      autocomplete = "off"
    }
    if case .list(let choices) = kind {
      self.choices = choices.map {
        Choice(value: $0.value, label: $0.label, isChosen: $0.value == value)
      }
    } else {
      choices = []
    }
  }

  private static func shape(_ kind: Kind) -> (Bool, Bool, Bool, Bool) {
    switch kind {
    case .line, .day: (true, false, false, false)
    case .area: (false, true, false, false)
    case .list: (false, false, true, false)
    case .check: (false, false, false, true)
    }
  }
}

/// A form that came back because of what is wrong about it.
struct SentForm: Sendable {
  let form: Form
  let error: RPCError

  /// Fields are named as JSON spells them, such as `shipTo.city`.
  func problem(of name: String) -> String? {
    error.violations.first { Problem.jsonPath($0.field) == name }?.description
  }

  /// What is wrong besides the fields: all of it when no field is named.
  var detail: String {
    error.violations.isEmpty ? Look.sentence(error.message) : "Look at the marked fields."
  }

  /// Whether the form, and not the world, is to be changed: then it is shown again.
  static func isCurable(_ error: RPCError) -> Bool {
    switch error.code {
    case .invalidArgument, .failedPrecondition, .alreadyExists, .permissionDenied, .aborted: true
    default: false
    }
  }
}
