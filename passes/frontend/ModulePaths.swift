import Languages
import Nanopass

/// Modules that the compiler provides itself; naming them in `depends` has no effect.
let providedModules: Set<String> = ["Bytes", "Crypto.Digest32"]

extension Source.File {
  /// The path under which messages name the file.
  var path: String {
    switch self {
    case .text(_, let path, _, _, _), .malformed(_, let path, _, _), .unreadable(_, let path, _, _): return path
    }
  }
}

/// The offset of the first byte that is not UTF-8.
func firstMalformedByte(of bytes: [UInt8]) -> Int {
  var parser = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let scalar): offset += scalar.count
    case .error, .emptyInput: return offset
    }
  }
}

/// The namespaces of effects.
private let effectful = Set(EffectOperation.namespaces.map(\.name))

/// The keys of `modules` that occur in a text in front of a `.`, in order of their first mention; `Map` also where it is
/// a type or where `=>` makes one. Operations that programs perform themselves, such as `Console.print`, mention no
/// module. Comments and strings count too: more than is needed does no harm.
func mentionedModules(in content: String, among modules: [String: String]) -> [String] {
  var content = content
  let longest = modules.keys.map(\.utf8.count).max() ?? 0
  // Modules such as `Crypto.Digest32` come with what their names start with.
  let inner = Dictionary(grouping: modules.keys.filter { $0.contains(".") }.sorted()) { name in
    String(name.prefix { $0 != "." })
  }
  var found: [String] = []
  var seen: Set<String> = []
  content.withUTF8 { bytes in
    var start = 0
    for (index, byte) in bytes.enumerated() {
      let isLetter = byte & 0xDF >= 0x41 && byte & 0xDF <= 0x5A || byte >= 0x30 && byte <= 0x39
      if isLetter || byte == 0x5F || byte >= 0x80 { continue }
      defer { start = index + 1 }
      var name = ""
      if byte == 0x3E {
        guard index > 0, bytes[index - 1] == 0x3D else { continue }
        name = "Map"
      } else {
        guard byte == 0x2E || byte == 0x3C, index > start, index - start <= longest else { continue }
        guard bytes[start] >= 0x41, bytes[start] <= 0x5A else { continue }
        name = String(decoding: bytes[start..<index], as: UTF8.self)
        if byte == 0x3C, name != "Map" { continue }
        if byte == 0x2E, effectful.contains(name), modules[name] != nil {
          let method = bytes[(index + 1)...].prefix { $0 & 0xDF >= 0x41 && $0 & 0xDF <= 0x5A }
          let operation = EffectOperation.named(Name("\(name).\(String(decoding: method, as: UTF8.self))"))
          if operation?.access == .program { continue }
        }
      }
      guard seen.insert(name).inserted else { continue }
      found += (modules[name] != nil ? [name] : []) + (inner[name] ?? [])
    }
  }
  return found
}
