import Diagnostics
import Languages
import Nanopass

/// Where a value inside a subject is found.
struct Origin {
  /// The value that holds it, known to be built by the constructor at `variant` of `type`.
  let subject: Local
  let type: Name
  let variant: Int
  let index: Int
}

/// A value that patterns are compared with: a subject or, by its origin, a part of one.
struct Occurrence {
  let id: Int
  let ty: Closed.Ty
  let origin: Origin?
}

/// A variable of a pattern and the occurrence that it stands for.
indirect enum Bindings {
  case none
  case one(Local, Occurrence, Bindings)
}

/// What is left to compare of one arm: a pattern for each column.
struct Row {
  var patterns: [Closed.Pattern]
  var bindings: Bindings
  let arm: Int

  /// Whether nothing is left to compare.
  var isIrrefutable: Bool { patterns.allSatisfy { !$0.isRefutable } }
}

/// What a variable of an arm is bound to at a leaf.
enum BoundValue {
  case local(Local, Closed.Ty)
  case part(Origin, Closed.Ty)
}

/// The order of comparisons of one match.
indirect enum DecisionTree {
  /// All patterns of the arm match.
  case leaf(arm: Int, values: LocalTable<BoundValue>)
  /// Reads a part into a local.
  case load(Local, Origin, Closed.Ty, DecisionTree)
  /// Branches by constructor; `rest` is for those without a case.
  case choose(Local, type: Name, cases: [Branch], rest: DecisionTree?)
  /// Branches by literal; `rest` is for all values without a case.
  case compare(Local, cases: [Branch], rest: DecisionTree)
}

/// A branch for values like a pattern's head.
struct Branch {
  let pattern: Closed.Pattern
  let tree: DecisionTree
}

/// What a refutable pattern compares with first.
enum Head: Hashable {
  case variant(Int)
  case integer(Integer)
  case float(Double)
  // Bytes, since Swift takes strings that differ in normalisation for equal.
  case string([UInt8])
  case bool(Bool)
}

extension Closed.Pattern {
  /// Whether some value does not match.
  var isRefutable: Bool {
    switch self {
    case .wildcard, .bind: return false
    default: return true
    }
  }

  /// What it compares with first; nil if it matches anything.
  var head: Head? {
    switch self {
    case .wildcard, .bind: return nil
    case .integer(_, let value): return .integer(value)
    case .float(_, let value): return .float(value)
    case .string(_, let value): return .string(Array(value.utf8))
    case .bool(_, let value): return .bool(value)
    case .constructor(_, _, let index, _): return .variant(index)
    }
  }

  /// The patterns of a constructor's fields.
  var parts: [Closed.Pattern] {
    if case .constructor(_, _, _, let arguments) = self { return arguments }
    return []
  }

  /// Calls `visit` with each variable that it binds, from left to right.
  func forEachVariable(_ visit: (Local, Closed.Ty) -> Void) {
    switch self {
    case .bind(_, let variable, let ty): visit(variable, ty)
    case .constructor(_, _, _, let arguments): for argument in arguments { argument.forEachVariable(visit) }
    default: break
    }
  }
}
