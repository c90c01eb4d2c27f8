extension BinaryModule {
  /// The module in the text format, which tools for WebAssembly read. Things go by their numbers; names stand in
  /// comments.
  ///
  /// Source: WebAssembly Specification 3.0, chapter 6 (text format).
  public var text: String {
    var printer = TextPrinter()
    printer.print(self)
    return printer.text
  }
}

/// The text of a module as it grows.
private struct TextPrinter {
  var text = ""
  private var depth = 1

  mutating func print(_ module: BinaryModule) {
    text = "(module\n"
    let names = module.names ?? Names()
    var type: UInt32 = 0
    for group in module.groups {
      if group.count != 1 { line("(rec") }
      depth += group.count == 1 ? 0 : 1
      for each in group {
        line("(type \(comment(type, names.types)) \(subType(each)))")
        type += 1
      }
      depth -= group.count == 1 ? 0 : 1
      if group.count != 1 { line(")") }
    }
    for (number, each) in module.imports.enumerated() {
      let mark = comment(UInt32(truncatingIfNeeded: number), names.functions)
      line("(import \(quoted(each.module)) \(quoted(each.field)) (func \(mark) (type \(each.type))))")
    }
    if let pages = module.memory { line("(memory \(pages))") }
    for type in module.tags { line("(tag (type \(type)))") }
    for (number, each) in module.globals.enumerated() {
      let type = each.isMutable ? "(mut \(value(each.type)))" : value(each.type)
      let mark = comment(UInt32(truncatingIfNeeded: number), names.globals)
      line("(global \(mark) \(type) \(each.value.map(instruction).joined(separator: " ")))")
    }
    for each in module.exports {
      switch each.item {
      case .function(let number): line("(export \(quoted(each.field)) (func \(number)))")
      case .memory: line("(export \(quoted(each.field)) (memory 0))")
      }
    }
    for (number, each) in module.functions.enumerated() {
      function(each, comment(UInt32(truncatingIfNeeded: module.imports.count + number), names.functions))
    }
    for (number, each) in module.data.enumerated() {
      let place = each.address.map { "(i32.const \(Int32(bitPattern: $0))) " } ?? ""
      line("(data \(comment(UInt32(truncatingIfNeeded: number), names.data)) \(place)\(quoted(each.bytes)))")
    }
    text += ")\n"
  }

  private mutating func line(_ content: String) {
    text += String(repeating: "  ", count: min(depth, 40)) + content + "\n"
  }

  private mutating func function(_ node: Function, _ mark: String) {
    line("(func \(mark) (type \(node.type))")
    depth += 1
    if !node.locals.isEmpty { line("(local \(node.locals.map(value).joined(separator: " ")))") }
    for each in node.body {
      if [0x05, 0x0b].contains(each.opcode.prefix) { depth -= 1 }
      line(instruction(each))
      if [0x02, 0x03, 0x04, 0x05, 0x1f].contains(each.opcode.prefix) { depth += 1 }
    }
    depth -= 1
    line(")")
  }

  /// The number of a thing and its name, as a comment.
  private func comment(_ number: UInt32, _ names: [UInt32: String]) -> String {
    // A name may hold the signs that end a comment.
    let name = names[number].map {
      " " + $0.unicodeScalars.filter { !";()".unicodeScalars.contains($0) }.map(String.init).joined()
    }
    return "(;\(number)\(name ?? "");)"
  }

  // MARK: Types

  private func subType(_ node: SubType) -> String {
    let content = composite(node.composite)
    if node.parent == nil, node.isFinal { return content }
    return "(sub \(node.isFinal ? "final " : "")\(node.parent.map { "\($0) " } ?? "")\(content))"
  }

  private func composite(_ node: CompositeType) -> String {
    switch node {
    case .function(let parameters, let results):
      return "(func\(list("param", parameters.map(value)))\(list("result", results.map(value))))"
    case .struct(let fields): return "(struct\(list("field", fields.map(field))))"
    case .array(let element): return "(array \(field(element)))"
    }
  }

  private func list(_ head: String, _ items: [String]) -> String {
    items.isEmpty ? "" : " (\(head) \(items.joined(separator: " ")))"
  }

  private func field(_ node: FieldType) -> String {
    let storage: String
    switch node.storage {
    case .value(let type): storage = value(type)
    case .i8: storage = "i8"
    case .i16: storage = "i16"
    }
    return node.isMutable ? "(mut \(storage))" : storage
  }

  private func value(_ type: ValueType) -> String {
    switch type {
    case .i32: return "i32"
    case .i64: return "i64"
    case .f64: return "f64"
    case .ref(let type, let isNullable): return "(ref \(isNullable ? "null " : "")\(heap(type)))"
    }
  }

  private func heap(_ type: HeapType) -> String {
    if case .defined(let number) = type { String(number) } else { "\(type)" }
  }

  // MARK: Instructions

  private func instruction(_ node: Instruction) -> String {
    let name = node.opcode.name
    switch node.immediates {
    case .none: return name
    case .index(let number): return "\(name) \(number)"
    case .twoIndices(let first, let second):
      // The text format names the memory first, and leaves it out if it is the only one.
      return name == "memory.init" ? "\(name) \(first)" : "\(name) \(first) \(second)"
    case .i32(let number): return "\(name) \(number)"
    case .i64(let number): return "\(name) \(number)"
    case .f64(let bits): return "\(name) \(float(bits))"
    case .memory(let alignment, let offset): return "\(name) offset=\(offset) align=\(1 << UInt64(alignment & 31))"
    case .heapType(let type):
      switch node.opcode.code {
      case 20, 22: return "\(name) (ref \(heap(type)))"
      case 21, 23: return "\(name.prefix(8)) (ref null \(heap(type)))"
      default: return "\(name) \(heap(type))"
      }
    case .blockType(let type): return name + block(type)
    case .table(let labels, let rest): return ([name] + (labels + [rest]).map(String.init)).joined(separator: " ")
    case .catching(let type, let tag, let label): return "\(name)\(block(type)) (catch \(tag) \(label))"
    case .castBranch(let label, let from, let to): return "\(name) \(label) \(value(from)) \(value(to))"
    }
  }

  private func block(_ type: BlockType) -> String {
    switch type {
    case .none: return ""
    case .one(let type): return " (result \(value(type)))"
    case .type(let number): return " (type \(number))"
    }
  }

  /// A float by its bits: the shortest decimal that means it, or its payload.
  private func float(_ bits: UInt64) -> String {
    let number = Double(bitPattern: bits)
    let sign = number.sign == .minus ? "-" : ""
    if number.isNaN { return "\(sign)nan:0x\(String(bits & 0xf_ffff_ffff_ffff, radix: 16))" }
    return number.isInfinite ? "\(sign)inf" : number.description
  }

  private func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

  private func quoted(_ bytes: [UInt8]) -> String {
    var result = "\""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x7f...:
        result += (byte < 16 ? "\\0" : "\\") + String(byte, radix: 16)
      default: result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return result + "\""
  }
}
