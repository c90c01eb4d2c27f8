import CRuntime

/// A list of strings or integers under construction, from the first element on.
struct ListBuilder {
  private(set) var list: Word = firstImmediate
  private var last: Cell? = nil

  /// Adds an element, whose reference the list takes over.
  mutating func append(_ element: Word) {
    let cell = allocate(24)
    cell.setHeader(references: 1, tag: 1, counted: 2)
    cell.setField(0, element)
    cell.setField(1, firstImmediate)
    if let last { last.setField(1, cell.word) } else { list = cell.word }
    last = cell
  }
}

/// Calls `body` with each element of a list of counted words.
@inline(__always)
func forEach(_ list: Word, _ body: (Word) -> Void) {
  var rest = list
  while let cell = pointee(rest) {
    body(cell.field(0))
    rest = cell.field(1)
  }
}

/// The string that a counted word of type `String` points to.
@inline(__always)
func string(_ word: Word) -> Cell { Cell(bitPattern: word) ?? emptyString() }

/// The arguments of the program without its name, as a list of strings.
@c(nanoc_args_get)
public func programArguments() -> Word {
  var result = ListBuilder()
  guard let values = arguments.values, arguments.count > 1 else { return result.list }
  for index in 1..<arguments.count {
    guard let text = values[index] else { break }
    result.append(makeString(repairing: UnsafeRawBufferPointer(start: text, count: strlen(text))).word)
  }
  return result.list
}
