import Languages
import Nanopass

/// What stubs need to know of a function.
struct FunctionItem {
  let parameters: [Program.Parameter]
  let result: Program.TypeExpr?
  let isPure: Bool

  /// The types of its parameters and its result, as they are written.
  fileprivate var signature: EffectSignature {
    EffectSignature(parameters.map { $0.ty.spelling }, result?.spelling ?? "Unit")
  }
}

/// The types that an effect takes and gives, as they are written.
private struct EffectSignature: Equatable {
  let parameters: [String]
  let result: String

  init(_ parameters: [String], _ result: String) {
    self.parameters = parameters
    self.result = result
  }
}

/// How an effect is replaced in verify blocks.
struct StubKind {
  private let effect: String
  /// The types of a stub; nil if it can't be replaced.
  private let signature: EffectSignature?

  /// Nil if there is no such effect.
  init?(_ effect: String) {
    let parts = effect.split(separator: ".").map(String.init)
    guard parts.count == 2, Vocabulary.effects[Name(parts[0])]?.contains(parts[1]) == true else { return nil }
    self.effect = effect
    signature = Self.signatures[effect].map { own in
      ["Args.get", "Env.get", "Terminal.size"].contains(effect)
        ? own : EffectSignature(["BranchPath", "Int"] + own.parameters, own.result)
    }
  }

  /// Why it can't be replaced.
  var refusal: String? {
    if signature != nil { return nil }
    return effect.hasPrefix("Console.")
      ? "output is recorded, never performed, so there is nothing to replace" : "servers don't run in verify blocks"
  }

  /// What its stubs look like.
  var form: String {
    guard let signature else { return "it has no stubs" }
    let isGenerative = signature.parameters.first == "BranchPath"
    let names = isGenerative ? ["path: ", "k: "] : []
    let parameters = signature.parameters.enumerated().map { index, type in
      (names.indices.contains(index) ? names[index] : "") + type
    }
    return "a stub of `\(effect)` is a function `(\(parameters.joined(separator: ", "))) -> \(signature.result)`"
  }

  /// Whether a function has the types of a stub.
  func fits(_ function: FunctionItem) -> Bool { function.signature == signature }

  /// What the effects that can be replaced take and give, without literal discharge.
  private static let signatures: [String: EffectSignature] = {
    let failure = "Result<Unit, String>"
    let answer = "Result<HttpResponse, String>"
    let sending = ["String", "String", "String", "Map<String, List<String>>"]
    var table: [String: EffectSignature] = [:]
    func add(_ names: [String], _ parameters: [String], _ result: String) {
      for name in names { table[name] = EffectSignature(parameters, result) }
    }
    add(["Console.readLine"], [], "Result<String, String>")
    add(["Args.get"], [], "List<String>")
    add(["Env.get"], ["String"], "Option<String>")
    add(["Env.set", "Disk.writeText", "Disk.appendText"], ["String", "String"], failure)
    add(["Time.now"], [], "String")
    add(["Time.unixMs"], [], "Int")
    add(["Time.sleep"], ["Int"], failure)
    add(["Random.int"], ["Int", "Int"], "Result<Int, String>")
    add(["Random.float"], [], "Float")
    add(["Disk.readText"], ["String"], "Result<String, String>")
    add(["Disk.readBytes"], ["String"], "Result<Bytes, String>")
    add(["Disk.readBytesAt"], ["String", "Int", "Int"], "Result<Bytes, String>")
    add(["Disk.writeBytes", "Disk.appendBytes"], ["String", "Bytes"], failure)
    add(["Disk.size"], ["String"], "Result<Int, String>")
    add(["Disk.exists"], ["String"], "Bool")
    add(["Disk.delete", "Disk.deleteDir", "Disk.makeDir", "Disk.sync"], ["String"], failure)
    add(["Disk.listDir"], ["String"], "Result<List<String>, String>")
    add(
      [
        "Terminal.enableRawMode", "Terminal.disableRawMode", "Terminal.clear", "Terminal.resetColor",
        "Terminal.hideCursor", "Terminal.showCursor", "Terminal.flush",
      ], [], failure)
    add(["Terminal.moveTo"], ["Int", "Int"], failure)
    add(["Terminal.print", "Terminal.setColor"], ["String"], failure)
    add(["Terminal.readKey"], [], "Result<Option<String>, String>")
    add(["Terminal.size"], [], "Result<Terminal.Size, String>")
    add(["Tcp.connect"], ["String", "Int"], "Result<Tcp.Connection, String>")
    add(["Tcp.writeLine"], ["Tcp.Connection", "String"], failure)
    add(["Tcp.writeBytes"], ["Tcp.Connection", "Bytes"], failure)
    add(["Tcp.readLine"], ["Tcp.Connection"], "Result<String, String>")
    add(["Tcp.readBytes"], ["Tcp.Connection", "Int"], "Result<Bytes, String>")
    add(["Tcp.close"], ["Tcp.Connection"], failure)
    add(["Tcp.send"], ["String", "Int", "String"], "Result<String, String>")
    add(["Tcp.sendBytes"], ["String", "Int", "Bytes"], "Result<Bytes, String>")
    add(["Tcp.ping"], ["String", "Int"], failure)
    add(["Http.get", "Http.head", "Http.delete"], ["String"], answer)
    add(["Http.post", "Http.put", "Http.patch"], sending, answer)
    return table
  }()
}

extension Program.TypeExpr {
  func isNamed(_ wanted: Name) -> Bool {
    if case .named(_, let name, let arguments) = self { name.name == wanted && arguments.isEmpty } else { false }
  }

  var isInt: Bool { isNamed("Int") }

  /// The type as it is written, with one spelling for each built-in type.
  fileprivate var spelling: String {
    guard case .named(_, let name, let arguments) = self else { return "Fn" }
    let own = name.name == "Http.Response" ? "HttpResponse" : name.text
    return arguments.isEmpty ? own : "\(own)<\(arguments.map(\.spelling).joined(separator: ", "))>"
  }
}
