/// How much of a thing a module may have for engines to take it.
///
/// Source: WebAssembly JavaScript Interface, section "Implementation-defined Limits", which browsers agree on.
public enum BinaryLimits {
  public static let types = 1_000_000
  public static let functions = 1_000_000
  public static let imports = 1_000_000
  public static let exports = 1_000_000
  public static let globals = 1_000_000
  public static let data = 100_000
  /// The depth of kinds of kinds of types.
  public static let subtypeDepth = 63
  public static let parameters = 1_000
  public static let results = 1_000
  public static let fields = 10_000
  /// The variables of a function, its parameters among them.
  public static let locals = 50_000
  /// The bytes of a function's body, with its variables.
  public static let bodySize = 7_654_321
  /// The values of `array.new_fixed`.
  public static let fixedElements = 10_000
  /// The labels of `br_table`.
  public static let tableSize = 65_520
  /// The pages of memory.
  public static let pages = 65_536
  /// The bytes of a whole module.
  public static let moduleSize = 1 << 30
}

/// There is more of something in a module than engines take: the program is too large for the format.
public struct LimitExceeded: Error, Sendable, Hashable, CustomStringConvertible {
  /// The number of the function that has too much; nil where it is the module.
  public var function: Int?
  /// The number of the type that has too much, if it is one.
  public var type: Int?
  /// What there is too much of, in words that go on after the function or "there".
  public var message: String

  public init(function: Int? = nil, type: Int? = nil, _ message: String) {
    (self.function, self.type) = (function, type)
    self.message = message
  }

  public var description: String {
    (function.map { "function \($0): " } ?? type.map { "type \($0): " } ?? "") + message
  }
}

extension BinaryModule {
  /// - Throws: `LimitExceeded` if there is more of something than engines take.
  func checkCounts() throws {
    for (count, limit, what) in [
      (groups.reduce(0) { $0 + $1.count }, BinaryLimits.types, "types"),
      (imports.count, BinaryLimits.imports, "imports"),
      (imports.count + functions.count, BinaryLimits.functions, "functions"),
      (globals.count, BinaryLimits.globals, "globals"), (exports.count, BinaryLimits.exports, "exports"),
      (data.count, BinaryLimits.data, "data"), (Int(memory ?? 0), BinaryLimits.pages, "pages of memory"),
    ] where count > limit {
      throw LimitExceeded("there are \(count) \(what), but engines take at most \(limit)")
    }
    try checkTypes()
  }

  private func checkTypes() throws {
    var depths: [Int] = []
    for type in groups.joined() {
      let parent = type.parent.flatMap { depths.indices.contains(Int($0)) ? depths[Int($0)] : nil }
      depths.append(parent.map { $0 + 1 } ?? 0)
      for (count, limit, what) in type.composite.counts where count > limit {
        throw LimitExceeded(type: depths.count - 1, "it has \(count) \(what), but engines take at most \(limit)")
      }
    }
    if let deepest = depths.max(), deepest > BinaryLimits.subtypeDepth {
      throw LimitExceeded(
        "types are kinds of kinds \(deepest) deep, but engines take at most \(BinaryLimits.subtypeDepth)")
    }
  }
}

extension CompositeType {
  /// What it has, how many engines take, and what that is called.
  fileprivate var counts: [(Int, Int, String)] {
    switch self {
    case .function(let parameters, let results):
      [(parameters.count, BinaryLimits.parameters, "parameters"), (results.count, BinaryLimits.results, "results")]
    case .struct(let fields): [(fields.count, BinaryLimits.fields, "fields")]
    case .array: []
    }
  }
}
