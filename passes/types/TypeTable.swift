import Languages
import Nanopass

/// A type in a `TypeTable`.
struct TypeRef: Hashable {
  fileprivate(set) var index: Int

  static let int = TypeRef(index: 0)
  static let float = TypeRef(index: 1)
  static let bool = TypeRef(index: 2)
  static let string = TypeRef(index: 3)
  static let unit = TypeRef(index: 4)
  /// The type of what is wrong already; it fits anything.
  static let wrong = TypeRef(index: 5)

  /// The type made `distance` types after this one.
  func advanced(by distance: Int) -> TypeRef { TypeRef(index: index + distance) }
}

/// What a type is made with.
enum TypeHead: Equatable {
  case int, float, bool, string, bytes, digest, unit, list, vector, map, option, result, tuple
  case data(Name)
  /// A type variable of the signature of the function that is checked; it equals only itself.
  case rigid(Name)
  /// Parameters, then the result. Effects are checked elsewhere.
  case function
}

/// The types of one function body as a graph, with unification of open types.
///
/// Equal types are joined as they are found equal, so that no part is compared twice and unification takes nearly linear
/// time: G. Huet, "Résolution d'équations dans les langages d'ordre 1, 2, ..., ω", thesis, 1976, with the sets of
/// R. E. Tarjan, "Efficiency of a good but not linear set union algorithm", JACM 22(2), 1975. Cyclic solutions are
/// refused when a variable is solved.
struct TypeTable {
  private enum Shape {
    case open
    /// Equal to another type.
    case same(TypeRef)
    case built(TypeHead, start: Int, count: Int)
    case wrong
  }

  private var shapes: [Shape] = []
  /// Whether the type is known to hold no open part.
  private var isClosed: [Bool] = []
  /// The search that last visited the type.
  private var visit: [Int] = []
  private var visits = 0
  private var parts: [TypeRef] = []
  /// The types that stand for what is to be found out of declarations, by their names.
  private(set) var sought: [Name: TypeRef] = [:]
  /// Whether the last solution refused would have contained itself.
  private(set) var refusedCycle = false

  init() { reset() }

  /// Forgets all types but the basic ones.
  mutating func reset() {
    shapes.removeAll(keepingCapacity: true)
    isClosed.removeAll(keepingCapacity: true)
    visit.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    sought.removeAll()
    for head in [TypeHead.int, .float, .bool, .string, .unit] {
      _ = add(.built(head, start: 0, count: 0), isClosed: true)
    }
    _ = add(.wrong, isClosed: true)
  }

  /// The number of types.
  var count: Int { shapes.count }

  private mutating func add(_ shape: Shape, isClosed closed: Bool) -> TypeRef {
    shapes.append(shape)
    isClosed.append(closed)
    visit.append(0)
    return TypeRef(index: shapes.count - 1)
  }

  // MARK: Building

  /// A type to be found out.
  mutating func open() -> TypeRef { add(.open, isClosed: false) }

  /// A type of known form.
  mutating func make(_ head: TypeHead, _ arguments: [TypeRef] = []) -> TypeRef {
    let start = parts.count
    parts += arguments
    let closed = arguments.allSatisfy { isClosed[$0.index] }
    return add(.built(head, start: start, count: arguments.count), isClosed: closed)
  }

  /// A written type. Variables become what `instance` has for their positions in `variables`, and others stay rigid.
  mutating func make(_ ty: Resolved.Ty, _ variables: [Name] = [], instance: TypeRef = .wrong) -> TypeRef {
    switch ty {
    case .int: return .int
    case .float: return .float
    case .bool: return .bool
    case .string: return .string
    case .bytes: return make(.bytes)
    case .digest: return make(.digest)
    case .unit: return .unit
    case .erroneous: return .wrong
    case .list(let element): return make(.list, [make(element, variables, instance: instance)])
    case .vector(let element): return make(.vector, [make(element, variables, instance: instance)])
    case .map(let key, let value):
      return make(.map, [make(key, variables, instance: instance), make(value, variables, instance: instance)])
    case .option(let payload): return make(.option, [make(payload, variables, instance: instance)])
    case .result(let success, let failure):
      return make(
        .result, [make(success, variables, instance: instance), make(failure, variables, instance: instance)])
    case .tuple(let elements): return make(.tuple, elements.map { make($0, variables, instance: instance) })
    case .data(let name): return make(.data(name))
    case .variable(let name):
      return variables.firstIndex(of: name).map { instance.advanced(by: $0) } ?? seek(name) ?? make(.rigid(name))
    case .function(let parameters, let result, _):
      return make(.function, (parameters + [result]).map { make($0, variables, instance: instance) })
    }
  }

  /// The type that all places of a declared type share which is to be found out; nil for other names.
  private mutating func seek(_ name: Name) -> TypeRef? {
    if let type = sought[name] { return type }
    guard name.isSought else { return nil }
    let type = open()
    sought[name] = type
    return type
  }

  // MARK: Looking

  /// The type that stands for all that are known to be equal to this one.
  mutating func representative(_ type: TypeRef) -> TypeRef {
    var type = type
    while case .same(let next) = shapes[type.index] {
      if case .same(let further) = shapes[next.index] { shapes[type.index] = .same(further) }
      type = next
    }
    return type
  }

  /// The form of a type, nil while it is open or if it is wrong.
  mutating func head(_ type: TypeRef) -> TypeHead? {
    if case .built(let head, _, _) = shapes[representative(type).index] { head } else { nil }
  }

  /// The types that a type of known form is made of.
  mutating func arguments(_ type: TypeRef) -> [TypeRef] {
    guard case .built(_, let start, let count) = shapes[representative(type).index] else { return [] }
    return Array(parts[start..<start + count])
  }

  /// Whether nothing is known of the type.
  mutating func isOpen(_ type: TypeRef) -> Bool {
    if case .open = shapes[representative(type).index] { true } else { false }
  }

  /// Whether an error has been reported for the type.
  mutating func isWrong(_ type: TypeRef) -> Bool {
    if case .wrong = shapes[representative(type).index] { true } else { false }
  }

  // MARK: Unification

  /// Makes two types equal.
  ///
  /// - Returns: whether that is possible; if not, parts may have become equal.
  mutating func unify(_ left: TypeRef, _ right: TypeRef) -> Bool {
    let (left, right) = (representative(left), representative(right))
    if left == right { return true }
    switch (shapes[left.index], shapes[right.index]) {
    case (.wrong, .open): shapes[right.index] = .same(left)
    case (.open, .wrong), (.open, .open): shapes[left.index] = .same(right)
    case (.wrong, _): forgive(right)
    case (_, .wrong): forgive(left)
    case (.open, _): return solve(left, right)
    case (_, .open): return solve(right, left)
    case (.built(let head, let start, let count), .built(let otherHead, let otherStart, let otherCount)):
      guard head == otherHead, count == otherCount else {
        refusedCycle = false
        return false
      }
      for offset in 0..<count where !unify(parts[start + offset], parts[otherStart + offset]) { return false }
      // The basic types stay what they are.
      if left.index < right.index { shapes[right.index] = .same(left) } else { shapes[left.index] = .same(right) }
    default: break
    }
    return true
  }

  /// Makes everything wrong that is open in a type: what would have told it is wrong itself.
  mutating func forgive(_ type: TypeRef) {
    let type = representative(type)
    if isClosed[type.index] { return }
    isClosed[type.index] = true
    switch shapes[type.index] {
    case .open: shapes[type.index] = .same(.wrong)
    case .built(_, let start, let count): for part in start..<start + count { forgive(parts[part]) }
    default: break
    }
  }

  private mutating func solve(_ variable: TypeRef, _ solution: TypeRef) -> Bool {
    visits += 1
    refusedCycle = occurs(variable, in: solution)
    if refusedCycle { return false }
    shapes[variable.index] = .same(solution)
    return true
  }

  /// Whether a variable occurs in a type. What is found closed is not searched again.
  private mutating func occurs(_ variable: TypeRef, in type: TypeRef) -> Bool {
    let type = representative(type)
    if type == variable { return true }
    guard !isClosed[type.index], visit[type.index] != visits else { return false }
    visit[type.index] = visits
    guard case .built(_, let start, let count) = shapes[type.index] else { return false }
    var closed = true
    for part in start..<start + count {
      if occurs(variable, in: parts[part]) { return true }
      closed = closed && isClosed[representative(parts[part]).index]
    }
    isClosed[type.index] = closed
    return false
  }
}
