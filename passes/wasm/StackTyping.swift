import Languages
import Nanopass

/// What a run of instructions without branches takes from the stack and leaves there, worked out from what the
/// instructions say of themselves.
struct StackTyping {
  private let types: [WasmCode.TypeDef]
  private let globals: [WasmCode.Ty]
  /// The signatures of imports and functions, by number.
  private let functions: [(parameters: [WasmCode.Ty], results: [WasmCode.Ty])]

  init(_ root: WasmCode.Root) {
    let types = root.groups.flatMap(\.types)
    self.types = types
    globals = root.globals.map(\.ty)
    functions = (root.imports.map(\.type) + root.functions.map(\.type)).map { Self.signature($0, types) }
  }

  private static func signature(
    _ type: Int, _ types: [WasmCode.TypeDef]
  ) -> (parameters: [WasmCode.Ty], results: [WasmCode.Ty]) {
    guard types.indices.contains(type), case .function(_, let parameters, let results) = types[type] else {
      return ([], [])
    }
    return (parameters, results)
  }

  /// The types of a function's parameters.
  func parameters(of function: WasmCode.Function) -> [WasmCode.Ty] { Self.signature(function.type, types).parameters }

  /// The stack while instructions run.
  struct Stack {
    /// What is taken from below, the top one first.
    var inputs: [WasmCode.Ty] = []
    /// What is there now.
    var values: [WasmCode.Ty] = []

    /// Takes a value; one from below has the type that is asked for. False if that is not known.
    mutating func take(_ type: WasmCode.Ty?) -> Bool {
      if values.popLast() != nil { return true }
      guard let type else { return false }
      inputs.append(type)
      return true
    }

    mutating func take(_ types: [WasmCode.Ty]) -> Bool { types.reversed().allSatisfy { take($0) } }
  }

  /// Runs an instruction on the types of the stack; false if it is none of those that are known here, or about a value
  /// from below whose type it does not tell.
  func run(_ instruction: WasmCode.Instruction, on stack: inout Stack) -> Bool {
    switch instruction {
    case .i32: stack.values.append(.i32)
    case .i64: stack.values.append(.i64)
    case .f64: stack.values.append(.f64)
    case .null(_, let type): stack.values.append(.nullable(type: type))
    case .plain(_, let name): return plain(name, &stack)
    case .memory(_, let name, _, _): return operation(name, &stack)
    case .typed(_, "ref.cast", let type):
      guard stack.take(nil) else { return false }
      stack.values.append(type)
    case .typed(_, "ref.test", _):
      guard stack.take(nil) else { return false }
      stack.values.append(.i32)
    case .indexed(_, let name, let index): return indexed(name, index, &stack)
    case .indexed2(_, let name, let first, let second): return indexed2(name, first, second, &stack)
    case .typed, .branchOnCast, .table, .block, .loop, .if, .try: return false
    }
    return true
  }

  private func plain(_ name: Name, _ stack: inout Stack) -> Bool {
    switch name {
    case "ref.is_null", "array.len":
      guard stack.take(nil) else { return false }
      stack.values.append(.i32)
    case "ref.eq":
      guard stack.take(nil), stack.take(nil) else { return false }
      stack.values.append(.i32)
    case "ref.as_non_null":
      guard case .nullable(let type)? = stack.values.popLast() else { return false }
      stack.values.append(.ref(type: type))
    default: return operation(name, &stack)
    }
    return true
  }

  /// An instruction on numbers or memory.
  private func operation(_ name: Name, _ stack: inout Stack) -> Bool {
    guard let known = WasmOperator.named(name) else { return false }
    guard stack.take(known.operands.compactMap(WasmCode.Ty.init)) else { return false }
    stack.values += known.results.compactMap(WasmCode.Ty.init)
    return true
  }

  private func indexed(_ name: Name, _ index: Int, _ stack: inout Stack) -> Bool {
    switch name {
    case "global.get":
      guard globals.indices.contains(index) else { return false }
      stack.values.append(globals[index])
    case "global.set": return globals.indices.contains(index) && stack.take(globals[index])
    case "call":
      guard functions.indices.contains(index), stack.take(functions[index].parameters) else { return false }
      stack.values += functions[index].results
    case "struct.new", "array.new", "array.new_default", "array.get", "array.get_u", "array.get_s", "array.set":
      guard let fields = fields(of: index) else { return false }
      return object(name, index, fields, &stack)
    default: return false
    }
    return true
  }

  private func object(_ name: Name, _ type: Int, _ fields: [WasmCode.Ty], _ stack: inout Stack) -> Bool {
    let array = WasmCode.Ty.nullable(type: type)
    let operands: [WasmCode.Ty]
    var result: [WasmCode.Ty] = [.ref(type: type)]
    switch name {
    case "struct.new": operands = fields
    case "array.new": operands = fields + [.i32]
    case "array.new_default": operands = [.i32]
    case "array.set": (operands, result) = ([array, .i32] + fields, [])
    default: (operands, result) = ([array, .i32], fields)
    }
    guard stack.take(operands) else { return false }
    stack.values += result
    return true
  }

  private func indexed2(_ name: Name, _ type: Int, _ second: Int, _ stack: inout Stack) -> Bool {
    guard let fields = fields(of: type) else { return false }
    switch name {
    case "struct.get", "struct.get_u", "struct.get_s":
      guard fields.indices.contains(second), stack.take(.nullable(type: type)) else { return false }
      stack.values.append(fields[second])
    case "struct.set":
      guard fields.indices.contains(second) else { return false }
      return stack.take([.nullable(type: type), fields[second]])
    case "array.new_fixed":
      guard let element = fields.first, stack.take(Array(repeating: element, count: second)) else { return false }
      stack.values.append(.ref(type: type))
    case "array.new_data":
      guard stack.take([.i32, .i32]) else { return false }
      stack.values.append(.ref(type: type))
    default: return false
    }
    return true
  }

  /// What the fields of a struct, or the elements of an array, are on the stack.
  private func fields(of type: Int) -> [WasmCode.Ty]? {
    guard types.indices.contains(type) else { return nil }
    switch types[type] {
    case .function: return nil
    case .struct(_, _, _, _, let fields): return fields.map(\.storage.unpacked)
    case .array(_, _, let element): return [element.storage.unpacked]
    }
  }
}

extension WasmCode.Storage {
  /// The type of what is stored where it is on the stack.
  fileprivate var unpacked: WasmCode.Ty {
    if case .whole(let type) = self { type } else { .i32 }
  }
}

extension WasmCode.Ty {
  /// The type of an operand of an instruction on numbers.
  fileprivate init?(_ type: WasmIR.Ty) {
    switch type {
    case .i32: self = .i32
    case .i64: self = .i64
    case .f64: self = .f64
    case .ref, .nullable: return nil
    }
  }
}
