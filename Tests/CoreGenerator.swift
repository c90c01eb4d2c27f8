import Languages
import Nanopass

/// Makes random well-typed Core programs that print much of what they compute: functions that call each other, join
/// points, tests, switches, and values that some pass can know.
struct CoreGenerator {
  private static let option = Name("O")
  private static let pair = Name("P")
  private static let scalars: [Core.Ty] = [.int, .bool, .string, .float]
  private static let all = scalars + [.data(name: option), .data(name: pair)]

  private struct Signature {
    var name: Name
    var parameters: [Core.Ty]
    var result: Core.Ty
  }

  private var source: RandomSource
  private var signatures: [Signature] = []
  private var next = 0
  private var locals: [(variable: Local, ty: Core.Ty)] = []
  private var labels: [(label: Local, parameters: [Core.Ty])] = []
  private var size = 0

  /// The program of a seed.
  static func program(seed: UInt64) -> Core.Root {
    var generator = CoreGenerator(source: RandomSource(seed: seed))
    return generator.program()
  }

  private init(source: RandomSource) { self.source = source }

  private mutating func program() -> Core.Root {
    for index in 0..<(1 + source.below(4)) {
      let parameters = (0..<source.below(4)).map { _ in source.pick(Self.all) }
      signatures.append(Signature(name: Name("f\(index)"), parameters: parameters, result: source.pick(Self.all)))
    }
    let main = Signature(name: "main", parameters: [], result: .int)
    let functions = (signatures + [main]).map { function($0) } + [Self.entry]
    let types: [Core.TypeDecl] = [
      .init(
        .none, name: Self.option, facts: [],
        variants: [.init(.none, name: "None", fields: []), .init(.none, name: "Some", fields: [.int])]),
      .init(.none, name: Self.pair, facts: [], variants: [.init(.none, name: "P", fields: [.int, .bool])]),
    ]
    return Core.Root(.none, types: types, functions: functions, entry: "entry")
  }

  /// Prints what `main` gives.
  private static let entry: Core.Function = {
    let (result, text, printed) = (Local("result", 0), Local("text", 1), Local("printed", 2))
    let steps: [Core.Step] = [
      .let(.none, variable: result, ty: .int, value: .call(.none, function: "main", arguments: [])),
      .let(
        .none, variable: text, ty: .string,
        value: .primitive(.none, name: "int.toString", arguments: [.local(.none, variable: result)])),
      .let(
        .none, variable: printed, ty: .unit,
        value: .perform(.none, effect: "Console.print", arguments: [.local(.none, variable: text)])),
    ]
    return Core.Function(
      .none, name: "entry", parameters: [], result: .unit,
      effects: Core.Effects(.none, effects: [Core.Effect(.none, name: "Console.print")]),
      behaviour: Core.Behaviour(mayFail: true, maySuspend: true, mayDiverge: true, writesCells: true),
      body: Core.Block(.none, steps: steps, end: .return(.none, value: .unit(.none)), failure: nil))
  }()

  private mutating func function(_ signature: Signature) -> Core.Function {
    next = 0
    locals = []
    labels = []
    size = 40
    let parameters = signature.parameters.map { parameter("a", $0) }
    let worst = Core.Behaviour(mayFail: true, maySuspend: true, mayDiverge: true, writesCells: true)
    return Core.Function(
      .none, name: signature.name, parameters: parameters, result: signature.result,
      effects: Core.Effects(.none, effects: []), behaviour: worst, body: block(signature.result, 0))
  }

  private mutating func fresh(_ name: Name) -> Local {
    defer { next += 1 }
    return Local(name, next)
  }

  private mutating func parameter(_ name: Name, _ ty: Core.Ty) -> Core.Parameter {
    let variable = fresh(name)
    locals.append((variable, ty))
    return Core.Parameter(.none, variable: variable, ty: ty)
  }

  // MARK: Blocks

  private mutating func block(_ result: Core.Ty, _ depth: Int, start: [Core.Step] = []) -> Core.Block {
    let outer = (locals.count, labels.count)
    defer {
      locals.removeSubrange(outer.0...)
      labels.removeSubrange(outer.1...)
    }
    var steps = start
    for case .let(_, let variable, let ty, _) in start { locals.append((variable, ty)) }
    for _ in 0..<source.below(5) where size > 0 {
      size -= 1
      if depth < 4, source.below(5) == 0 { steps.append(join(result, depth)) } else { bind(&steps) }
    }
    let end = end(result, depth, &steps)
    return Core.Block(.none, steps: steps, end: end, failure: nil)
  }

  private mutating func join(_ result: Core.Ty, _ depth: Int) -> Core.Step {
    let outer = locals.count
    let label = fresh("j")
    let parameters = (0..<source.below(3)).map { _ in parameter("p", source.pick(Self.all)) }
    let body = block(result, depth + 1)
    locals.removeSubrange(outer...)
    labels.append((label, parameters.map(\.ty)))
    return .join(.none, label: label, parameters: parameters, body: body)
  }

  private mutating func end(_ result: Core.Ty, _ depth: Int, _ steps: inout [Core.Step]) -> Core.End {
    if depth < 4, size > 0, source.below(3) > 0 {
      size -= 2
      return source.below(2) == 0 ? test(result, depth, &steps) : choice(result, depth, &steps)
    }
    if !labels.isEmpty, source.below(3) > 0 {
      let target = source.pick(labels)
      return .jump(.none, label: target.label, arguments: target.parameters.map { atom($0, &steps) })
    }
    return .return(.none, value: atom(result, &steps))
  }

  private mutating func test(_ result: Core.Ty, _ depth: Int, _ steps: inout [Core.Step]) -> Core.End {
    let ty = source.below(2) == 0 ? .bool : source.pick(Self.scalars)
    let subject = atom(ty, &steps)
    let literals: [Core.Literal] =
      switch ty {
      case .int: [.integer(.none, value: .small(source.below(3))), .integer(.none, value: .small(7))]
      case .string: [.string(.none, value: "a"), .string(.none, value: "")]
      case .float: [.float(.none, value: 0.0), .float(.none, value: 1.5)]
      default: [.bool(.none, value: source.below(2) == 0)]
      }
    let cases = literals.map { Core.LiteralCase(.none, literal: $0, body: block(result, depth + 1)) }
    return .test(.none, subject: subject, cases: cases, default: block(result, depth + 1))
  }

  private mutating func choice(_ result: Core.Ty, _ depth: Int, _ steps: inout [Core.Step]) -> Core.End {
    let subject = atom(.data(name: Self.option), &steps)
    let none = Core.Case(.none, variant: "None", index: 0, body: block(result, depth + 1))
    let field = Core.Step.let(
      .none, variable: fresh("x"), ty: .int,
      value: .payload(.none, subject: subject, type: Self.option, variant: 1, index: 0))
    let some = block(result, depth + 1, start: [field])
    if source.below(3) == 0 {
      return .switch(.none, subject: subject, type: Self.option, cases: [none], default: some)
    }
    let cases = [none, Core.Case(.none, variant: "Some", index: 1, body: some)]
    return .switch(.none, subject: subject, type: Self.option, cases: cases, default: nil)
  }

  // MARK: Values

  private mutating func bind(_ steps: inout [Core.Step]) {
    let (ty, value) = value(&steps)
    let variable = fresh("x")
    locals.append((variable, ty))
    steps.append(.let(.none, variable: variable, ty: ty, value: value))
  }

  private mutating func value(_ steps: inout [Core.Step]) -> (Core.Ty, Core.Value) {
    switch source.below(10) {
    case 0:
      let ty = source.pick(Self.all)
      return (ty, .atom(.none, atom: atom(ty, &steps)))
    case 1, 2:
      let callee = source.pick(signatures)
      let arguments = callee.parameters.map { atom($0, &steps) }
      return (callee.result, .call(.none, function: callee.name, arguments: arguments))
    case 3, 4, 5:
      if source.below(2) == 0 {
        let variable = fresh("s")
        let value = Core.Value.primitive(.none, name: "int.toString", arguments: [atom(.int, &steps)])
        steps.append(.let(.none, variable: variable, ty: .string, value: value))
        locals.append((variable, .string))
      }
      return (.unit, .perform(.none, effect: "Console.print", arguments: [atom(.string, &steps)]))
    case 6:
      let subject = atom(.data(name: Self.pair), &steps)
      let index = source.below(2)
      return (
        index == 0 ? .int : .bool,
        .payload(.none, subject: subject, type: Self.pair, variant: 0, index: index)
      )
    case 7: return construct(source.pick([Self.option, Self.pair]), &steps)
    default: return primitive(&steps)
    }
  }

  private mutating func primitive(_ steps: inout [Core.Step]) -> (Core.Ty, Core.Value) {
    let names = [
      "int.add", "int.subtract", "int.multiply", "int.negate", "int.equal", "int.less", "int.lessEqual",
      "int.toString", "int.toString", "bool.equal", "string.concat", "string.concatenate", "string.equal", "float.add",
      "float.multiply", "float.divide", "float.equal", "float.less",
    ]
    guard let primitive = Primitive.named(Name(source.pick(names))) else {
      return (.unit, .atom(.none, atom: .unit(.none)))
    }
    let types = primitive.isVariadic ? Array(repeating: Typed.Ty.string, count: source.below(5)) : primitive.parameters
    let arguments = types.map { atom(Self.ty($0), &steps) }
    return (Self.ty(primitive.result), .primitive(.none, name: primitive.name, arguments: arguments))
  }

  private static func ty(_ ty: Typed.Ty) -> Core.Ty {
    switch ty {
    case .int: .int
    case .bool: .bool
    case .string: .string
    case .float: .float
    default: .unit
    }
  }

  private mutating func construct(_ type: Name, _ steps: inout [Core.Step]) -> (Core.Ty, Core.Value) {
    if type == Self.pair {
      let arguments = [atom(.int, &steps), atom(.bool, &steps)]
      return (.data(name: type), .construct(.none, type: type, variant: "P", index: 0, arguments: arguments))
    }
    if source.below(2) == 0 {
      return (.data(name: type), .construct(.none, type: type, variant: "None", index: 0, arguments: []))
    }
    let arguments = [atom(.int, &steps)]
    return (.data(name: type), .construct(.none, type: type, variant: "Some", index: 1, arguments: arguments))
  }

  private mutating func atom(_ ty: Core.Ty, _ steps: inout [Core.Step]) -> Core.Atom {
    let fitting = locals.filter { $0.ty == ty }
    // The first one often, so that the same is asked again inside of an arm.
    if let first = fitting.first, source.below(4) > 0 {
      return .local(.none, variable: source.below(2) == 0 ? first.variable : source.pick(fitting).variable)
    }
    switch ty {
    case .int: return .integer(.none, value: .small(source.pick([0, 1, 2, 7, -3, 1 << 62])))
    case .bool: return .bool(.none, value: source.below(2) == 0)
    case .string: return .string(.none, value: source.pick(["", "a", "b", "two"]))
    case .float: return .float(.none, value: source.pick([0.0, -0.0, 1.5, -2.25]))
    case .data(let name):
      let (ty, value) = construct(name, &steps)
      let variable = fresh("d")
      locals.append((variable, ty))
      steps.append(.let(.none, variable: variable, ty: ty, value: value))
      return .local(.none, variable: variable)
    default: return .unit(.none)
    }
  }
}
