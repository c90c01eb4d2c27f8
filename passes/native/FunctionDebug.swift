import Diagnostics
import Languages
import LLVMKit
import Nanopass

/// Describes the body of one function to a debugger: where its instructions come from, and its variables.
///
/// Code of other functions that passes put here is shown as theirs, called from the last place of this function before
/// it.
struct FunctionDebug {
  /// A variable of some function of the source.
  private struct Key: Hashable {
    var scope: DebugInfo.Scope
    var name: Name
    var type: DebugInfo.DataType
  }

  private let emitter: DebugEmitter
  /// The function itself, by its position in the source; nil for what stands outside of functions.
  private let own: Int?
  private let facts: DebugFacts.Variables
  private let parameters: LocalTable<Int>
  private let header: DebugEmitter.Header
  /// The last place in this function itself.
  private var caller: DebugInfo.Location
  /// Where instructions come from now.
  private var here: (location: DebugInfo.Location, header: DebugEmitter.Header)
  private var variables: [Key: DebugInfo.Variable] = [:]
  private var memory: [DebugInfo.Variable: Value] = [:]

  init(
    _ emitter: DebugEmitter, _ function: Machine.Function, own: Int?, _ header: DebugEmitter.Header,
    _ start: DebugInfo.Location
  ) {
    (self.emitter, self.own, self.header) = (emitter, own, header)
    facts = emitter.facts.variables[function.name] ?? DebugFacts.Variables()
    var positions: LocalTable<Int> = [:]
    for (index, parameter) in function.parameters.enumerated() { positions[parameter.variable.id] = index + 1 }
    parameters = positions
    (caller, here) = (start, (start, header))
  }

  // MARK: Places

  /// Lets the instructions built from here on belong to a piece of source; what lies in the library or nowhere belongs
  /// to what stands before it.
  mutating func move(to span: Span, _ builder: Builder) {
    if let place = emitter.place(of: span) { move(to: place, in: emitter.facts.function(around: span), span) }
    builder.setLocation(here.location)
  }

  private mutating func move(
    to place: (file: DebugInfo.File, line: Int, column: Int), in function: Int?, _ span: Span
  ) {
    let info = emitter.info
    if function == own {
      guard let location = info.location(line: place.line, column: place.column, in: header.scope) else { return }
      caller = location
      here = (location, header)
    } else if let function, span.start != emitter.facts.functions[function].span.start,
      let header = emitter.inlined(function),
      let location = info.location(line: place.line, column: place.column, in: header.scope, inlinedAt: caller)
    {
      here = (location, header)
    }
  }

  // MARK: Variables

  /// Reserves memory for the variables of an unoptimised function, at its start, and gives the constants among them
  /// their values.
  mutating func begin(_ function: Machine.Function, _ operand: (Machine.Operand) throws -> Value, _ builder: Builder)
    throws
  {
    if !emitter.isOptimised {
      builder.clearLocation()
      var locals = function.parameters.map { ($0.variable, $0.span) }
      for block in function.blocks {
        locals += block.parameters.map { ($0.variable, block.span) }
        for instruction in block.instructions { locals += instruction.definitions.map { ($0, instruction.span) } }
      }
      for (local, span) in locals {
        for variable in [local] + (facts.aliases[local.id] ?? []) { try reserve(variable, span, builder) }
      }
      for (variable, _) in facts.constants { try reserve(variable, function.span, builder) }
    }
    for (variable, atom) in facts.constants {
      if let value = emitter.operand(atom) { try assign(variable, try operand(value), builder) }
    }
    for parameter in function.parameters {
      try define(parameter.variable, try operand(.local(function.span, variable: parameter.variable)), builder)
    }
    move(to: function.span, builder)
  }

  private mutating func reserve(_ local: Local, _ span: Span, _ builder: Builder) throws {
    guard let variable = describe(local, span), memory[variable] == nil,
      let type = facts.type(of: local, guesses: false)
    else { return }
    let context = builder.context
    let place = try builder.alloca(type == .float ? context.double : context.i64, alignment: 8)
    // Before it is set, a variable shows as one without a value.
    try builder.store(type == .float ? context.real(0) : context.integer(0), to: place, alignment: 8)
    emitter.info.place(variable, at: place, location: here.location, in: builder.block)
    memory[variable] = place
  }

  /// Tells that a local has a value from here on, and with it those that are other names for it.
  mutating func define(_ local: Local, _ value: Value, _ builder: Builder) throws {
    for variable in [local] + (facts.aliases[local.id] ?? []) { try assign(variable, value, builder) }
  }

  private mutating func assign(_ local: Local, _ value: Value, _ builder: Builder) throws {
    guard let variable = describe(local, nil) else { return }
    if let place = memory[variable] {
      let context = builder.context
      let isBit = value.type == context.i1
      try builder.store(isBit ? builder.convert(.zext, value, to: context.i64) : value, to: place, alignment: 8)
    } else if emitter.isOptimised {
      emitter.info.set(variable, to: value, at: here.location, in: builder.block)
    }
  }

  /// The variable of the source that a local holds; `span` is where it is set, if that is not here.
  private mutating func describe(_ local: Local, _ span: Span?) -> DebugInfo.Variable? {
    guard let source = facts.type(of: local, guesses: emitter.isOptimised), let type = emitter.types.type(source) else {
      return nil
    }
    let owner = emitter.isOptimised ? here.header : header
    let key = Key(scope: owner.scope, name: local.name, type: type)
    if let known = variables[key] { return known }
    let place = span.flatMap { emitter.place(of: $0) }
    let variable = emitter.info.variable(
      local.name.text, type, argument: owner.scope == header.scope ? parameters[local.id] : nil,
      line: place?.line ?? owner.line, in: owner.scope, of: place?.file ?? owner.file)
    variables[key] = variable
    return variable
  }
}
