public import Languages
public import Nanopass

/// Carries operations on literals out at compile time, and joins neighbouring literal texts.
///
///     (let t.0 int (primitive int.add [(integer 2) (integer 3)])) (let u.1 int (call f [(local t.0)]))
///     (let u.1 int (call f [(integer 5)]))
///
/// Integers beyond the machine word are left for run time. Floats are folded as IEEE 754 has it, unless that gives no
/// number.
///
/// Needs: bound-locals, known-primitives.   Ensures: nothing beyond the language.
public struct FoldConstants: CoreToCore, FunctionPass {
  public static let summary = "Carry operations on literals out at compile time"

  private static let concatenation: Name = "string.concatenate"

  private var substitution = Substitution()
  /// The literals that stay in a variable.
  private var literals: LocalTable<Core.Atom> = [:]
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) operations folded", data: [("folded", count)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    substitution.reset()
    literals.removeAll(keepingCapacity: true)
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    var steps: [Core.Step] = []
    steps.reserveCapacity(node.steps.count)
    for step in node.steps {
      guard case .let(let span, let variable, let ty, let old) = step else {
        steps.append(try self.step(step))
        continue
      }
      let new = fold(try value(old))
      if case .atom(_, let atom) = new {
        if atom.isSmall {
          substitution.replace(variable, by: atom)
          continue
        }
        literals[variable] = atom
      }
      let same = Core.Value.isSame(old, new)
      steps.append(same ? step : .let(span, variable: variable, ty: ty, value: new))
    }
    steps = reusing(node.steps, for: steps)
    return Core.Block(node.span, steps: steps, end: try end(node.end), failure: node.failure)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  private mutating func fold(_ value: Core.Value) -> Core.Value {
    guard case .primitive(let span, let name, let arguments) = value else { return value }
    let known = arguments.map { $0.variable.flatMap { literals[$0] } ?? $0 }
    if known.allSatisfy(\.isLiteral), let result = ConstantFolding.fold(name, known, at: span) {
      count += 1
      return .atom(span, atom: result)
    }
    return name == Self.concatenation ? concatenate(value, known) : value
  }

  /// Joins neighbouring literals of a concatenation, leaves out empty ones.
  private mutating func concatenate(_ value: Core.Value, _ arguments: [Core.Atom]) -> Core.Value {
    var parts: [Core.Atom] = []
    for argument in arguments {
      guard case .string(let span, let text) = argument else {
        parts.append(argument)
        continue
      }
      if text.isEmpty { continue }
      if case .string(let first, let before) = parts.last, let both = ConstantFolding.joined(before, text) {
        parts[parts.count - 1] = .string(first, value: both)
      } else {
        parts.append(.string(span, value: text))
      }
    }
    guard parts.count < arguments.count else { return value }
    count += 1
    if parts.isEmpty { return .atom(value.span, atom: .string(value.span, value: "")) }
    if parts.count == 1 { return .atom(value.span, atom: parts[0]) }
    return .primitive(value.span, name: Self.concatenation, arguments: parts)
  }
}
