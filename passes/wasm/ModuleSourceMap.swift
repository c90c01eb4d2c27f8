public import Diagnostics
import Foundation
import WasmBinary

/// The source map of a module, by which debuggers show places in the source for instructions.
///
/// Source: ECMA-426 (Source Map Format); the map of a module has one line, whose columns are offsets in the module.
public struct ModuleSourceMap {
  private let sources: SourceMap
  private let location: String?
  private let name: (String) -> String

  /// - Parameters:
  ///   - sources: the program's files.
  ///   - url: where debuggers find the map, seen from the module; nil to have it inside the module.
  ///   - name: what the map calls the file with a path.
  public init(_ sources: SourceMap, url: String?, name: @escaping (String) -> String) {
    self.sources = sources
    location = url
    self.name = name
  }

  /// Whether the map is part of the module.
  var isInside: Bool { location == nil }

  /// What stands in the module for the map with a text.
  func url(of text: String) -> String {
    location ?? "data:application/json;base64," + Data(text.utf8).base64EncodedString()
  }

  /// The text of the map, of instructions at offsets in a module, function by function, that come from spans.
  ///
  /// - Throws: `BinaryError` if there are not as many of the one as of the other.
  func text(offsets: [[Int]], spans: [[Span]]) throws -> String {
    var mappings = Mappings()
    guard offsets.map(\.count) == spans.map(\.count) else {
      throw BinaryError("the instructions of the module do not fit their places in the source")
    }
    for (offsets, spans) in zip(offsets, spans) {
      mappings.beginFunction()
      for (offset, span) in zip(offsets, spans) {
        mappings.add(offset, span.isNone ? nil : sources.location(of: span.start))
      }
    }
    return JSONWriter.text(
      of: [
        "version": 3, "sources": .array(mappings.files.map { .string(name($0.path)) }),
        "sourcesContent": .array(mappings.files.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }),
        "names": [], "mappings": .string(mappings.text),
      ])
  }
}

/// Writes pairs of offsets and places, each as differences from the one before.
private struct Mappings {
  private(set) var text = ""
  /// The files mentioned.
  private(set) var files: [SourceFile] = []
  private var indices: [UInt32: Int] = [:]
  /// What the last pairs said.
  private var (offset, file, line, column) = (0, 0, 0, 0)
  /// The place of the instruction before; nil at the start of a function.
  private var last: Place?

  private enum Place: Equatable {
    case nowhere
    case at(file: Int, line: Int, column: Int)
  }

  mutating func beginFunction() { last = nil }

  mutating func add(_ offset: Int, _ location: SourceLocation?) {
    // What stands in place of a call of the library comes from nowhere; it belongs to what is before it.
    let place = if let location { self.place(of: location) } else { last ?? .nowhere }
    guard place != last else { return }
    last = place
    if !text.isEmpty { text += "," }
    number(offset - self.offset)
    self.offset = offset
    guard case .at(let file, let line, let column) = place else { return }
    number(file - self.file)
    number(line - self.line)
    number(column - self.column)
    (self.file, self.line, self.column) = (file, line, column)
  }

  /// Lines and columns count from 0, columns in units of UTF-16.
  private mutating func place(of location: SourceLocation) -> Place {
    let index = indices[location.file.base] ?? files.count
    if index == files.count {
      indices[location.file.base] = index
      files.append(location.file)
    }
    let before = location.file.text(ofLine: location.line).unicodeScalars.prefix(location.column - 1)
    return .at(file: index, line: location.line - 1, column: before.reduce(0) { $0 + ($1.value > 0xffff ? 2 : 1) })
  }

  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  /// A number in digits of base 64, the lowest first: the sign is bit 0 of the first, and bit 5 of each says whether
  /// another one follows.
  private mutating func number(_ value: Int) {
    var rest = value.magnitude << 1 | (value < 0 ? 1 : 0)
    repeat {
      let more = rest >> 5
      text.append(Self.digits[Int(rest & 31) | (more > 0 ? 32 : 0)])
      rest = more
    } while rest > 0
  }
}
