import Languages
import Nanopass

/// Which variables of a function own a reference, and whose reference the others use.
///
/// A parameter is lent by the caller and lasts as long as the function, and so does what is read from it through places
/// that do not change. A variable of a loop or join point owns its reference unless all jumps bring what lasts: all are
/// taken to do so until one is found that does not, again and again.
struct ReferenceRoles: WasmIRWalker {
  let typing: ReferenceTyping
  /// Variables that own nothing, though what they hold does not last.
  let released: NumberSet
  /// Who owns the reference that a variable uses, and whether it is the very same one; none for what lasts.
  private(set) var sources: LocalTable<(owner: Local, isSame: Bool)> = [:]
  /// The variables that own what they read from a place that keeps it, so that it has to be counted.
  private(set) var counted: NumberSet = []
  /// Which arguments loops and join points own, by label: those that are no references own what they are given.
  private(set) var owned: LocalTable<[Bool]> = [:]
  private var parameters: LocalTable<[WasmIR.Parameter]> = [:]
  private var isStable = true

  /// - Parameters:
  ///   - function: the function, whose references have names.
  ///   - typing: the types of its variables.
  ///   - released: the variables of which the references are not theirs.
  init(_ function: WasmIR.Function, _ typing: ReferenceTyping, released: NumberSet) throws {
    self.typing = typing
    self.released = released
    repeat {
      isStable = true
      (sources, counted) = ([:], [])
      for parameter in typing.owned(function) { own(parameter) }
      try visit(function.body)
    } while !isStable
  }

  /// Where a variable's reference comes from.
  func source(of variable: Local) -> ReferenceSource {
    sources[variable.id].map { .variable($0.owner, isSame: $0.isSame) } ?? .lasting
  }

  /// Where an expression's reference comes from.
  func source(of value: WasmIR.Expr) -> ReferenceSource { typing.source(of: value) { source(of: $0) } }

  /// Whether a variable owns a reference.
  func owns(_ variable: Local) -> Bool { sources[variable.id]?.owner.id == variable.id }

  private mutating func own(_ variable: Local) { sources[variable.id] = (variable, isSame: true) }

  private mutating func bind(_ label: Local, _ parameters: [WasmIR.Parameter]) {
    self.parameters[label.id] = parameters
    let flags = owned[label.id] ?? parameters.map { $0.ty.mentioned == nil }
    owned[label.id] = flags
    for (parameter, isOwned) in zip(parameters, flags) where isOwned && parameter.ty.mentioned != nil {
      own(parameter.variable)
    }
  }

  /// Jumps hand arguments to a label.
  private mutating func hand(_ arguments: [WasmIR.Expr], to label: Local) {
    guard let parameters = parameters[label.id], var flags = owned[label.id] else { return }
    for (index, argument) in arguments.prefix(parameters.count).enumerated()
    where !flags[index] && source(of: argument) != .lasting {
      flags[index] = true
      isStable = false
    }
    owned[label.id] = flags
  }

  mutating func visit(_ node: WasmIR.Step) throws {
    switch node {
    case .let(_, let variable, let ty, let value):
      if released.contains(variable.id) { return }
      let source = source(of: value)
      if ty.mentioned == nil {
        // An address in an object is good as long as the object.
        if case .variable(let owner, _) = addressed(value) { sources[variable.id] = (owner, isSame: false) }
        return
      }
      switch source {
      case .lasting: break
      case .variable(let owner, let isSame): sources[variable.id] = (owner, isSame)
      case .changing:
        own(variable)
        counted.insert(variable.id)
      case .fresh: own(variable)
      }
    case .receive(_, let parameters, _):
      for parameter in parameters where parameter.ty.mentioned != nil { own(parameter.variable) }
    case .run: break
    case .join(_, let label, let parameters, let body):
      bind(label, parameters)
      try visit(body)
    }
  }

  /// Where the object comes from whose elements' address an expression uses.
  private func addressed(_ value: WasmIR.Expr) -> ReferenceSource {
    switch value {
    case .elements, .local: return source(of: value)
    case .compute(_, _, let operands):
      return operands.lazy.map { addressed($0) }.first { $0 != .lasting } ?? .lasting
    default: return .lasting
    }
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .jump(_, let label, let arguments): hand(arguments, to: label)
    case .loop(_, let label, let parameters, let arguments, let body):
      bind(label, parameters)
      hand(arguments, to: label)
      try visit(body)
    default: try walk(node)
    }
  }
}
