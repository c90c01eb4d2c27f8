import Diagnostics
import Nanopass

/// Checks locals, labels and calls of a function, for the languages with blocks of steps, from Core on.
///
/// It reads the text form, where the names of the forms tell binders, uses and scopes: a variable that `let` binds
/// lives to the end of its block, parameters of `join` and `loop` inside these, the label of a `join` behind it, and
/// that of a `loop` inside it.
struct BlockScopes: NodeSink {
  /// What can be wrong; each check of an invariant asks for one of these.
  enum Concern {
    case locals, labels, calls
  }

  /// How many arguments a callee takes: a function, a service; nil if it is unknown.
  typealias Arities = [Name: Int]

  private enum Role {
    case function, block, binding, parameter, join, loop, jump, use, call, other
  }

  private struct Form {
    var role: Role
    /// The variable, label or callee that the form names first.
    var local: Local?
    var callee: Name?
    var listSize = 0
    /// The parameters of a loop, until its body begins.
    var parameters: [Local] = []
    var lists = 0
    var outerLocals = 0
    var outerLabels = 0
  }

  private let concern: Concern
  private let arities: Arities
  private let callForms: Set<String>
  private var forms: [Form] = []
  private var bound: [Local] = []
  private var visible: Set<Local> = []
  private var numbers: Set<Int> = []
  private var labels: [Local] = []
  private var visibleLabels: [Local: Int] = [:]
  private var problems: [String] = []

  private init(_ concern: Concern, arities: Arities, callForms: Set<String>) {
    self.concern = concern
    self.arities = arities
    self.callForms = callForms
  }

  /// The violations in some functions.
  ///
  /// - Parameters:
  ///   - concern: what to look for.
  ///   - arities: the known callees, for `calls`.
  ///   - callForms: the forms that name a callee and then list its arguments, for `calls`.
  static func violations(
    _ concern: Concern, in functions: [some Node], arities: Arities = [:], callForms: Set<String> = []
  ) -> [Violation] {
    functions.flatMap { function in
      var checker = BlockScopes(concern, arities: arities, callForms: callForms)
      function.write(to: &checker)
      return checker.problems.map { Violation($0, in: function) }
    }
  }

  private func role(of form: StaticString) -> Role {
    let text = form.description
    switch text {
    case "function": return .function
    case "block": return .block
    case "let": return .binding
    case "parameter": return .parameter
    case "join": return .join
    case "loop": return .loop
    case "jump": return .jump
    case "local": return .use
    default: return callForms.contains(text) ? .call : .other
    }
  }

  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {
    let role = role(of: form)
    if role == .block, let loop = forms.last, loop.role == .loop { enter(loop) }
    forms.append(Form(role: role, outerLocals: bound.count, outerLabels: labels.count))
  }

  mutating func local(_ local: Local) {
    guard let form = forms.last else { return }
    switch form.role {
    case .use:
      if !visible.contains(local) { problem(.locals, "`\(local)` is not bound here") }
    case .block:
      if visibleLabels[local] == nil { problem(.labels, "the failure label `\(local)` is not in scope") }
    case .binding, .parameter, .jump:
      forms[forms.count - 1].local = local
    case .join, .loop:
      forms[forms.count - 1].local = local
      number(local)
    case .function, .call, .other:
      break
    }
  }

  mutating func name(_ name: Name) {
    guard let form = forms.last, form.role == .call, form.callee == nil else { return }
    forms[forms.count - 1].callee = name
  }

  mutating func beginList(count: Int, minimum: Int) {
    guard let form = forms.last else { return }
    switch form.role {
    case .jump, .join: forms[forms.count - 1].listSize = count
    case .loop: loopList(count, form)
    case .call: call(count, form)
    default: break
    }
  }

  mutating func close(empty: Bool) {
    guard let form = forms.popLast() else { return }
    switch form.role {
    case .parameter where forms.last?.role == .loop:
      if let local = form.local { forms[forms.count - 1].parameters.append(local) }
    case .binding, .parameter:
      if let local = form.local { bind(local) }
    case .jump:
      if let label = form.local { jump(label, form.listSize) }
    case .function, .block, .loop:
      leave(form)
    case .join:
      leave(form)
      if let label = form.local { declare(label, form.listSize) }
    case .use, .call, .other:
      break
    }
  }

  // MARK: Scopes

  private mutating func bind(_ local: Local) {
    number(local)
    visible.insert(local)
    bound.append(local)
  }

  private mutating func number(_ local: Local) {
    if !numbers.insert(local.id).inserted { problem(.locals, "two binders have the number of `\(local)`") }
  }

  private mutating func declare(_ label: Local, _ arity: Int) {
    visibleLabels[label] = arity
    labels.append(label)
  }

  private mutating func leave(_ form: Form) {
    for local in bound[form.outerLocals...] { visible.remove(local) }
    bound.removeSubrange(form.outerLocals...)
    for label in labels[form.outerLabels...] { visibleLabels[label] = nil }
    labels.removeSubrange(form.outerLabels...)
  }

  // MARK: Jumps and calls

  /// The arguments of a loop are read outside of it, so its label and parameters count from its body on.
  private mutating func enter(_ loop: Form) {
    for parameter in loop.parameters { bind(parameter) }
    if let label = loop.local { declare(label, loop.listSize) }
  }

  private mutating func loopList(_ count: Int, _ form: Form) {
    // The first list holds the parameters, the second the arguments.
    forms[forms.count - 1].lists += 1
    if form.lists == 0 {
      forms[forms.count - 1].listSize = count
    } else if count != form.listSize, let label = form.local {
      problem(.labels, "the loop `\(label)` takes \(form.listSize) arguments, \(count) are given")
    }
  }

  private mutating func jump(_ label: Local, _ count: Int) {
    guard let arity = visibleLabels[label] else { return problem(.labels, "`\(label)` is not in scope") }
    if arity != count { problem(.labels, "`\(label)` takes \(arity) arguments, \(count) are given") }
  }

  private mutating func call(_ count: Int, _ form: Form) {
    guard let callee = form.callee else { return }
    guard let arity = arities[callee] else { return problem(.calls, "`\(callee)` is not known") }
    if arity != count { problem(.calls, "`\(callee)` takes \(arity) arguments, \(count) are given") }
  }

  private mutating func problem(_ concern: Concern, _ text: String) {
    if concern == self.concern { problems.append(text) }
  }

  mutating func atom(_ text: String) {}
  mutating func endList() {}
  mutating func absent() {}
}
