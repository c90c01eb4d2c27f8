import Foundation
import Interpreters
import Languages
import NativePasses

/// What stands at the head of a page.
struct PageHeading {
  var title: String
  /// What the program is for.
  var intent = ""

  init(title: String) { self.title = title }

  /// The name and the intent of a program's main module.
  init?(_ program: Program.Root) {
    guard let main = program.modules.last, !main.name.text.isEmpty else { return nil }
    (title, intent) = (main.name.text, main.intent ?? "")
  }
}

/// A page that runs a module: one file that loads nothing, not even from where it came.
///
/// The template and what goes into it are files beside the compiler, `page.*`. Module and worker are data in it; of
/// scripts and styles its policy allows those with the digests of the ones it has, so that nothing else ever runs in it
/// (Content Security Policy Level 3, sections 2.3.1 and 6.7).
struct WasmPage {
  var module: [UInt8]
  var heading: PageHeading

  /// The text of the page.
  ///
  /// - Throws: `RuntimeLibrary.NotFound` or `InvocationError` if its parts are not there or can't go into a page.
  func html() throws -> String {
    let style = try Self.part("page.css")
    let script = try Self.part("page.mjs")
    let policy = [
      "default-src 'none'", "script-src '\(Self.digest(script))' 'wasm-unsafe-eval'",
      "style-src '\(Self.digest(style))'", "worker-src blob:", "img-src data:", "base-uri 'none'", "form-action 'none'",
    ]
    return try Self.fill(
      try Self.part("page.html"),
      [
        "policy": policy.joined(separator: "; "), "title": Self.escaped(heading.title),
        "intent": Self.escaped(heading.intent), "style": style, "script": script,
        "module": Data(module).base64EncodedString(), "host": Self.withoutExports(try Self.part("aver.mjs")),
        "worker": try Self.part("page-worker.mjs"),
      ])
  }

  /// A text in which nothing is markup, neither between tags nor as the value of an attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The template with what is to stand in the place of each `{{name}}`; that is not searched for more of them.
  private static func fill(_ template: String, _ values: [String: String]) throws -> String {
    var result = ""
    var rest = template[...]
    while let opening = rest.range(of: "{{"), let closing = rest[opening.upperBound...].range(of: "}}") {
      guard let value = values[String(rest[opening.upperBound..<closing.lowerBound])] else {
        throw InvocationError("the template of the page has a place for nothing; run `make build`")
      }
      result += rest[..<opening.lowerBound] + value
      rest = rest[closing.upperBound...]
    }
    return result + rest
  }

  /// A module that exports only as it declares, as a script: a page that was opened from a file can't start a module as a
  /// worker.
  private static func withoutExports(_ module: String) -> String {
    module.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("export ") ? $0.dropFirst("export ".count) : $0 }.joined(separator: "\n")
  }

  private static func digest(_ text: String) -> String {
    "sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
  }

  /// A file of the page. A script or style ends where the first end tag stands, whatever it means there.
  private static func part(_ name: String) throws -> String {
    let path = try SupportFiles.locate(name, "the page's part")
    let text = String(decoding: try readFile(path), as: UTF8.self)
    let ends = ["</script", "</style", "<!--"].contains { text.range(of: $0, options: .caseInsensitive) != nil }
    if ends, !name.hasSuffix(".html") { throw InvocationError("\(path) can't go into a page: it has markup in it") }
    return text
  }
}
