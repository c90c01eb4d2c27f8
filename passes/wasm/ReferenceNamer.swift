import Diagnostics
import Languages
import Nanopass

/// Gives names to references so that they can be counted: to those that an expression makes, to those that are kept,
/// and to those that are read from a place that may change while a call looks at them. What is evaluated before and may
/// not be passed gets a name too. A choice between references becomes one between blocks; a store that replaces a
/// reference first reads it, and drops it in the end.
struct ReferenceNamer {
  /// What an expression's value is for.
  private enum Use {
    /// To have a name.
    case named
    /// To be kept by what is made or changed.
    case kept
    /// To be looked at by a function.
    case lent
    /// To be looked at at once.
    case read
  }

  private var typing: ReferenceTyping
  private var effects: EffectTable
  private var fresh: FreshLocals
  private var steps: [WasmIR.Step] = []
  /// The variables that hold references which they do not own, since the place that held them has changed.
  private(set) var released: NumberSet = []

  /// The types of all variables, those with new names too.
  var variables: LocalTable<WasmIR.Ty> { typing.variables }

  init(_ function: WasmIR.Function, _ typing: ReferenceTyping, _ effects: EffectTable) {
    self.typing = typing
    self.effects = effects
    fresh = FreshLocals(above: function)
  }

  mutating func function(_ node: WasmIR.Function) throws -> WasmIR.Function {
    typing.variables = try VariableTypes.of(node)
    effects.variables = typing.variables
    var result = node
    result.body = try block(node.body)
    return result
  }

  // MARK: Blocks

  private mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    try block(node.steps.map { ($0, isNamed: false) }[...], node.end, at: node.span)
  }

  private mutating func block(
    _ rest: ArraySlice<(step: WasmIR.Step, isNamed: Bool)>, _ end: WasmIR.End, at span: Span
  ) throws -> WasmIR.Block {
    var done: [WasmIR.Step] = []
    for (position, each) in zip(rest.indices, rest) {
      let named = each.isNamed ? [each.step] : try naming { try $0.step(each.step) }
      guard let index = named.firstIndex(where: { isSplit($0) }) else {
        done += named
        continue
      }
      let behind = named[(index + 1)...].map { ($0, isNamed: true) } + rest[(position + 1)...]
      let split = try split(named[index], try block(behind[...], end, at: span))
      return WasmIR.Block(span, steps: done + named[..<index] + split.steps, end: split.end)
    }
    var head = end
    let named = try naming { head = try $0.head(end) }
    guard named.contains(where: { isSplit($0) }) else {
      return WasmIR.Block(span, steps: done + named, end: try nested(head))
    }
    let last = try block(named.map { ($0, isNamed: true) }[...], head, at: span)
    return WasmIR.Block(span, steps: done + last.steps, end: last.end)
  }

  /// The steps that naming adds.
  private mutating func naming(_ body: (inout ReferenceNamer) throws -> Void) throws -> [WasmIR.Step] {
    let outer = steps
    steps = []
    try body(&self)
    defer { steps = outer }
    return steps
  }

  /// Whether a step makes a choice that has to be one between blocks.
  private func isSplit(_ step: WasmIR.Step) -> Bool {
    guard case .let(_, _, let ty, .choose(_, _, _, let then, let other)) = step else { return false }
    return ty.mentioned != nil || mustBranch(then) || mustBranch(other)
  }

  /// A choice between blocks, and what stands behind it.
  private mutating func split(_ step: WasmIR.Step, _ behind: WasmIR.Block) throws -> WasmIR.Block {
    guard case .let(let span, let variable, let ty, .choose(_, let condition, _, let then, let other)) = step else {
      return behind
    }
    let label = fresh.make("k")
    let parameter = WasmIR.Parameter(span, variable: variable, ty: ty)
    let arms = try [then, other].map { value in
      try block([], .jump(span, label: label, arguments: [value]), at: span)
    }
    return WasmIR.Block(
      span, steps: [.join(span, label: label, parameters: [parameter], body: behind)],
      end: .if(span, condition: condition, then: arms[0], else: arms[1]))
  }

  private mutating func step(_ node: WasmIR.Step) throws {
    switch node {
    case .let(let span, let variable, let ty, let value):
      steps.append(.let(span, variable: variable, ty: ty, value: try parts(of: value, for: .named)))
    case .receive(let span, let parameters, let value):
      steps.append(.receive(span, parameters: parameters, value: try parts(of: value, for: .named)))
    case .run(let span, let value):
      let value = try parts(of: value, for: .named)
      if let old = try replaced(by: value) { return try replace(old, by: value, at: span) }
      let types = try typing.declarations.types(of: value, typing.variables) ?? []
      guard types.contains(where: { $0.mentioned != nil }) else { return steps.append(.run(span, value: value)) }
      steps.append(.setting(try types.map { parameter($0, at: span) }, to: value, at: span))
    case .join(let span, let label, let parameters, let body):
      steps.append(.join(span, label: label, parameters: parameters, body: try block(body)))
    }
  }

  /// The read of the place that a store changes, if that holds a reference.
  private func replaced(by value: WasmIR.Expr) throws -> WasmIR.Expr? {
    let place: WasmIR.Expr
    switch value {
    case .set(let span, let type, let field, let subject, _):
      place = .get(span, type: type, field: field, subject: subject)
    case .setElement(let span, let type, let array, let index, _):
      place = .element(span, type: type, array: array, index: index)
    case .setGlobal(let span, let name, _): place = .global(span, name: name)
    case .copy(_, let type, _, _, _, _, _), .fill(_, let type, _, _, _, _), .newArray(_, let type, _, _):
      guard typing.declarations.element(of: type)?.storage.ty.mentioned == nil else {
        throw PassBug(
          CountReferences.self, "references are kept in several places at once", broke: "well-typed", in: value)
      }
      return nil
    default: return nil
    }
    return typing.isReference(place) ? place : nil
  }

  private mutating func replace(_ old: WasmIR.Expr, by store: WasmIR.Expr, at span: Span) throws {
    // The operands stand twice.
    var operands = store.operands
    for index in operands.indices.dropLast() where !operands[index].isAtom {
      for each in operands.indices.prefix(through: index) where !isStable(operands[each]) {
        operands[each] = try name(operands[each])
      }
    }
    let ty = try typing.types(of: old)[0]
    let held = parameter(ty, at: span)
    released.insert(held.variable.id)
    let count = old.operands.count
    let read = try old.with(operands: Array(operands.prefix(count)))
    steps.append(.let(span, variable: held.variable, ty: ty, value: read))
    steps.append(.run(span, value: try store.with(operands: operands)))
    steps.append(typing.count("drop", held.variable, at: span))
  }

  /// An end whose operands have names where they need them.
  private mutating func head(_ node: WasmIR.End) throws -> WasmIR.End {
    switch node {
    case .return(let span, let values): return .return(span, values: try handed(values))
    case .jump(let span, let label, let arguments): return .jump(span, label: label, arguments: try handed(arguments))
    case .loop(let span, let label, let parameters, let arguments, let body):
      return .loop(span, label: label, parameters: parameters, arguments: try handed(arguments), body: body)
    case .tailCall(let span, let function, let arguments):
      let call = try parts(of: .call(span, function: function, arguments: arguments), for: .named)
      return .tailCall(span, function: function, arguments: call.operands)
    case .if(let span, let condition, let then, let other):
      return .if(span, condition: try operands([condition], [.read])[0], then: then, else: other)
    case .switch(let span, let subject, let cases, let rest):
      return .switch(span, subject: try operands([subject], [.read])[0], cases: cases, default: rest)
    case .attempt, .abandon, .unreachable: return node
    }
  }

  /// An end whose blocks have names in them where they need them.
  private mutating func nested(_ node: WasmIR.End) throws -> WasmIR.End { try node.mapBlocks { try block($0) } }

  /// Values that are handed on; those of a call that gives several get names.
  private mutating func handed(_ values: [WasmIR.Expr]) throws -> [WasmIR.Expr] {
    if values.count == 1, let types = typing.declarations.types(of: values[0], typing.variables), types.count > 1 {
      let call = try parts(of: values[0], for: .named)
      let parameters = types.map { parameter($0, at: call.span) }
      steps.append(.receive(call.span, parameters: parameters, value: call))
      return parameters.map { .local($0.span, variable: $0.variable) }
    }
    return try operands(values, values.map { typing.isReference($0) ? .kept : .read })
  }

  // MARK: Expressions

  private mutating func parameter(_ ty: WasmIR.Ty, at span: Span) -> WasmIR.Parameter {
    let variable = fresh.make("r")
    typing.variables[variable.id] = ty
    effects.variables[variable.id] = ty
    return WasmIR.Parameter(span, variable: variable, ty: ty)
  }

  private mutating func name(_ value: WasmIR.Expr) throws -> WasmIR.Expr {
    let types = try typing.types(of: value)
    guard let ty = types.first, types.count == 1 else {
      throw PassBug(CountReferences.self, "there is not one value", broke: "well-typed", in: value)
    }
    let parameter = parameter(ty, at: value.span)
    steps.append(.let(value.span, variable: parameter.variable, ty: parameter.ty, value: value))
    return .local(value.span, variable: parameter.variable)
  }

  /// Whether a value is the same wherever it is evaluated.
  private func isStable(_ value: WasmIR.Expr) -> Bool {
    if case .global(_, let name) = value { return effects.isConstant(name) }
    return value.isAtom
  }

  /// Whether a reference that is used so needs a name of its own.
  private func needsName(_ value: WasmIR.Expr, for use: Use) -> Bool {
    guard use != .named else { return false }
    if case .choose(_, _, let ty, let then, let other) = value {
      return ty.mentioned != nil || mustBranch(then) || mustBranch(other)
    }
    guard typing.isReference(value) else { return false }
    switch typing.source(of: value, { .variable($0, isSame: true) }) {
    case .fresh: return true
    case .changing: return use != .read
    case .variable(_, let isSame): return use == .kept && !isSame
    case .lasting: return false
    }
  }

  /// Whether an expression can't be one of the two in a choice.
  private func mustBranch(_ value: WasmIR.Expr) -> Bool {
    needsName(value, for: .read) || hasNames(value, for: .read)
  }

  /// Whether something in an expression needs a name.
  private func hasNames(_ value: WasmIR.Expr, for use: Use) -> Bool {
    let operands = value.operands
    return zip(operands, uses(of: operands, in: value)).contains { needsName($0, for: $1) || hasNames($0, for: $1) }
  }

  private func uses(of operands: [WasmIR.Expr], in value: WasmIR.Expr) -> [Use] {
    switch value {
    case .call(_, let name, _):
      zip(lent(operands, typing.declarations.functions[name]), typing.consumes(value, operands)).map { $1 ? .kept : $0 }
    case .host(_, let name, _): lent(operands, typing.declarations.imports[name])
    case .elements: [.lent]
    default: typing.consumes(value, operands).map { $0 ? .kept : .read }
    }
  }

  /// Arguments are lent, except new objects that the function takes as addresses: then it owns them.
  private func lent(_ arguments: [WasmIR.Expr], _ signature: WasmDeclarations.Signature?) -> [Use] {
    let types = signature?.parameters ?? []
    return arguments.enumerated().map { index, argument in
      let isAddress = types.count == arguments.count && types[index].mentioned == nil
      return isAddress && typing.source(of: argument, { .variable($0, isSame: true) }) == .fresh ? .named : .lent
    }
  }

  /// An expression with names for what needs them in it.
  private mutating func parts(of value: WasmIR.Expr, for use: Use) throws -> WasmIR.Expr {
    guard hasNames(value, for: use) else { return value }
    if case .choose(let span, let condition, let ty, let then, let other) = value {
      // The two are named where control comes to them.
      let condition = try self.operands([condition], [.read])[0]
      return .choose(span, condition: condition, ty: ty, then: then, else: other)
    }
    let operands = value.operands
    return try value.with(operands: try self.operands(operands, uses(of: operands, in: value)))
  }

  /// Expressions that are evaluated one after the other, with names for what needs them.
  private mutating func operands(_ values: [WasmIR.Expr], _ uses: [Use]) throws -> [WasmIR.Expr] {
    var uses = uses
    // A reference that a call may end while it is needed is as good as lent.
    if uses.contains(.read),
      let call = values.lastIndex(where: { !effects.all($0).isDisjoint(with: [.writesHeap, .writesGlobals]) })
    {
      for index in values.indices.prefix(call) where uses[index] == .read { uses[index] = .lent }
    }
    let last = values.indices.last { needsName(values[$0], for: uses[$0]) || hasNames(values[$0], for: uses[$0]) }
    var result: [WasmIR.Expr] = []
    for (index, value) in values.enumerated() {
      let use = uses[index]
      var new = try parts(of: value, for: use)
      if needsName(value, for: use) || index < last ?? 0 && !isStable(new) { new = try name(new) }
      result.append(new)
    }
    return result
  }
}
