import Foundation
import Testing

/// What gdb, perf and valgrind see of a program.
@Suite struct DebuggerTests {
  let work: TemporaryFolder
  static let gdb = ["/usr/bin/gdb", "/usr/local/bin/gdb"].first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Values of every kind of type.
  static let values = """
    module Values

    type Color
        Red
        Green

    type Shape
        Circle(Float)
        Box(Int, Int)
        Empty

    record Item
        name: String
        price: Int
        weight: Float
        isSold: Bool
        colors: List<Color>

    fn look(
        item: Item, big: Int, shapes: List<Shape>, m: Map<String, Int>, v: Vector<Int>, flags: Vector<Bool>,
        o: Option<Int>, r: Result<Int, String>, p: Tuple<Int, Float>, bytes: Bytes
    ) -> Int
        three = 3
        same = item
        text = "a \\"quoted\\"\\nline"
        one = List.len(shapes) + Map.len(m) + Vector.len(v) + Vector.len(flags) + Bytes.len(bytes)
        two = Option.withDefault(o, 1) + Result.withDefault(r, 2) + first(p)
        one + two + three + item.price + same.price + big + String.len(text)

    fn first(p: Tuple<Int, Float>) -> Int
        match p
            (x, _) -> x

    fn main() -> Unit
        ! [Console.print]
        item = Item(name = "tea é", price = -3, weight = 2.5, isSold = true, colors = [Color.Green, Color.Red])
        shapes = [Shape.Circle(1.5), Shape.Box(3, -4), Shape.Empty]
        flags = Vector.new(2, true)
        n = look(
            item, -100000000000000000000, shapes, {"a" => 1, "b" => 2}, Vector.new(3, 7), flags, Option.Some(4),
            Result.Err("no"), (1, 2.5), Bytes.fromList([1, 171]))
        Console.print("{n}")

    """

  init() throws { work = try TemporaryFolder() }

  /// Runs commands in gdb and gives what each printed, without addresses, process numbers and what gdb says of threads.
  private func session(
    _ program: String, arguments passed: [String] = [], _ commands: [String], locale: String = "C.UTF-8"
  ) throws -> [String] {
    let script = try nanoc(["--gdb-script"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    var arguments = ["-q", "-nx", "-batch", "-iex", "set width 0", "-x", script]
    for command in commands { arguments += ["-ex", "echo \\n@@\\n", "-ex", command] }
    let result = try run(
      Self.gdb ?? "gdb", arguments + ["--args", program] + passed, in: work.path, environment: ["LC_ALL": locale])
    let parts = result.output.components(separatedBy: "\n@@\n").dropFirst()
    #expect(parts.count == commands.count, "\(result.output)\(result.errors)")
    return parts.map(Self.plain)
  }

  private static func plain(_ text: String) -> String {
    let lines = text.split(separator: "\n").filter { line in
      !line.hasPrefix("[Thread debugging") && !line.hasPrefix("Using host libthread_db")
    }
    return lines.joined(separator: "\n").replacing(/0x[0-9a-f]+/, with: "0x…").replacing(/process [0-9]+/, with: "…")
  }

  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func theSessionInTheReadmeIsTrue() throws {
    let blocks = try ReadmeTests.blocks()
    let block = try #require(blocks.first { $0.language == "gdb" })
    for block in blocks where block.language == "av" {
      if let path = block.path { try work.write(path, block.text) }
    }
    let parts = block.text.components(separatedBy: "\n(gdb) ")
    let calls = parts[0].split(separator: "\n").map { String($0.dropFirst(2)) }
    #expect(calls == ["nanoc -g -O0 orders.av", "gdb -q -x $(nanoc --gdb-script) orders"])
    #expect(try nanoc(["-g", "-O0", "orders.av"], in: work.path).code == 0)
    let exchanges = parts.dropFirst().map { $0.split(separator: "\n", maxSplits: 1).map(String.init) }
    let answers = try session("orders", exchanges.map { $0[0] })
    for (exchange, answer) in zip(exchanges, answers) {
      #expect(answer == Self.plain(exchange.dropFirst().first ?? ""), "\(exchange[0])")
    }
    #expect(exchanges.count >= 8)
  }

  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func valuesOfAllTypesAreShown() throws {
    try work.write("values.av", Self.values)
    let result = try nanoc(["-g", "-O0", "values.av"], in: work.path)
    try #require(result.code == 0, "\(result.errors)")
    let shown = try session("values", ["break Values.first", "run", "up", "info args", "info locals", "ptype three"])
    #expect(shown[0].contains("file values.av, line 32"), "\(shown[0])")
    #expect(shown[1].contains("Values.first (p=(1, 2.5)) at values.av:32\n32\t"), "\(shown[1])")
    let item = "Item(name = \"tea é\", price = -3, weight = 2.5, isSold = true, colors = [Color.Green, Color.Red])"
    for line in [
      "item = \(item)", "big = -100000000000000000000", "m = <freed>", "o = Option.Some(4)",
      "p = (1, 2.5)",
    ] { #expect(shown[3].split(separator: "\n").contains(Substring(line)), "\(line): \(shown[3])") }
    for line in ["three = 3", "same = \(item)", "text = \"a \\\"quoted\\\"\\nline\"", "two = <not set>"] {
      #expect(shown[4].split(separator: "\n").contains(Substring(line)), "\(line): \(shown[4])")
    }
    #expect(shown[5] == "type = Int")
    let arguments = try session("values", ["break Values.look", "run", "info args"])[2].split(separator: "\n")
    for line in [
      "item = \(item)", "shapes = [Shape.Circle(1.5), Shape.Box(3, -4), Shape.Empty]", "m = {\"a\" => 1, \"b\" => 2}",
      "v = Vector [7, 7, 7]", "flags = Vector [true, true]", "o = Option.Some(4)", "r = Result.Err(\"no\")",
      "p = (1, 2.5)", "bytes = Bytes 01ab",
    ] { #expect(arguments.contains(Substring(line)), "\(line): \(arguments)") }
    let conditions = try session(
      "values",
      [
        "break Values.look if $_streq($text(item->Item.name), \"tea é\") && $int(item->Item.price) == -3", "run",
        "print item->Item.price", "print $int(item->Item.price) * 2",
      ])
    #expect(conditions[1].hasPrefix("Breakpoint 1, Values.look"), "\(conditions)")
    let plain = try session("values", ["break Values.look", "run", "print item->Item.name"], locale: "C")
    #expect(plain[2] == "$1 = \"tea \\u{e9}\"", "\(plain)")
    #expect(conditions[2...] == ["$1 = -3", "$2 = -6"], "\(conditions)")
    // As many elements as gdb is set to print, however deep.
    let short = try session(
      "values", ["break Values.look", "run", "set print elements 2", "print shapes", "print m", "print item"])
    #expect(
      short[3] == "$1 = [Shape.Circle(1.5), Shape.Box(3, -4), ...]" && short[4] == "$2 = {\"a\" => 1, ...}", "\(short)")
    #expect(
      short[5].contains("name = \"te\"...,") && short[5].contains("colors = [Color.Green, Color.Red]"), "\(short)")
  }

  /// What passes have inlined is a frame of its own, and breakpoints stop there.
  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func inlinedFunctionsAreShown() throws {
    try work.write(
      "inner.av",
      """
      module Inner

      fn all(ns: List<Int>) -> List<String>
          match ns
              [] -> []
              [n, ..rest] -> List.prepend(label(n), all(rest))

      fn label(n: Int) -> String
          twice = n + n
          "{n}, {twice}"

      fn main() -> Unit
          ! [Console.print]
          Console.print(String.join(all([1, 2]), "; "))

      """)
    try #require(try nanoc(["-g", "inner.av"], in: work.path).code == 0)
    let shown = try session("inner", ["break inner.av:10", "run", "backtrace"])
    let frames = shown[2].split(separator: "\n").map { $0.split(separator: " ").drop { $0 != "Inner.label" } }
    #expect(frames.first?.suffix(2) == ["at", "inner.av:10"], "\(shown)")
    let lines = shown[2].split(separator: "\n")
    #expect(lines.count == 4 && lines[1].contains("Inner.all (") && lines[1].hasSuffix("inner.av:6"), "\(lines)")
    #expect(lines[2].contains("Inner.main ()") && lines[2].hasSuffix("inner.av:14"), "\(lines)")
  }

  /// Fields that stand in the cell around their value are shown as its own, however deep; raw integers as they are.
  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"), arguments: ["-O0", "-O2"])
  func constructorsWithoutCellsAreShown(_ level: String) throws {
    try work.write(
      "unboxed.av",
      """
      module Unboxed

      record Weight
          kilos: Float

      type Expr
          X
          Num(Int)
          Add(Expr, Expr)
          Neg(Expr)

      record Box
          count: Option<Int>
          none: Option<Int>
          isOpen: Option<Option<Bool>>
          unknown: Option<Option<Bool>>
          weight: Weight
          right: Result<Int, String>
          wrong: Result<Int, String>
          text: Option<String>
          tree: Expr

      fn look(box: Box) -> Int
          match box.count
              Option.Some(n) -> n + leaves(box.tree)
              Option.None -> leaves(box.tree)

      fn leaves(e: Expr) -> Int
          match e
              Expr.X -> 1
              Expr.Num(_) -> 1
              Expr.Add(a, b) -> leaves(a) + leaves(b)
              Expr.Neg(a) -> leaves(a)

      fn main() -> Unit
          ! [Args.get, Console.print]
          n = List.len(Args.get()) + 3
          tree = Expr.Add(Expr.Num(n), Expr.Neg(Expr.Add(Expr.X, Expr.Num(-100000000000000000000))))
          box = Box(
              count = Option.Some(n), none = Option.None, isOpen = Option.Some(Option.Some(n == 3)),
              unknown = Option.Some(Option.None), weight = Weight(kilos = 1.5), right = Result.Ok(n),
              wrong = Result.Err("no {n}"), text = Option.Some("t{n}"), tree = tree)
          Console.print("{look(box)} {box == box} {box.weight.kilos} {box.none == Option.Some(n)}")

      """)
    let built = try nanoc(["-g", level, "unboxed.av"], in: work.path)
    try #require(built.code == 0, "\(built)")
    #expect(try run(work.path + "/unboxed", []).output == "6 true 1.5 false\n")
    if level != "-O0" { return }
    let shown = try session(
      "unboxed", ["break Unboxed.look", "run", "info args", "print box->Box.tree.Add->_1", "print box->Box.tree"])
    #expect(
      shown[2] == """
        box = Box(count = Option.Some(3), none = Option.None, isOpen = Option.Some(Option.Some(true)), \
        unknown = Option.Some(Option.None), weight = Weight(kilos = 1.5), right = Result.Ok(3), \
        wrong = Result.Err("no 3"), text = Option.Some("t3"), \
        tree = Expr.Add(Expr.Num(3), Expr.Neg(Expr.Add(Expr.X, Expr.Num(-100000000000000000000)))))
        """)
    #expect(shown[3] == "$1 = Expr.Num(3)", "\(shown)")
  }

  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func flatFieldsAreShown() throws {
    try work.write(
      "flat.av",
      """
      module Flat

      record Point
          y: Float
          x: Int

      record Mark
          name: String
          at: Point

      type Shape
          Dot(Point)
          Line(Point, Point)

      fn weigh(marks: List<Mark>, pairs: List<Tuple<String, Int>>, shape: Shape) -> Int
          first = List.len(pairs)
          marked(marks, 0) + texts(pairs, first) + corners(shape)

      fn corners(shape: Shape) -> Int
          match shape
              Shape.Dot(p) -> p.x
              Shape.Line(p, q) -> p.x + q.x

      fn marked(marks: List<Mark>, sum: Int) -> Int
          match marks
              [] -> sum
              [m, ..rest] -> marked(rest, sum + m.at.x + Float.floor(m.at.y) + String.len(m.name))

      fn texts(pairs: List<Tuple<String, Int>>, sum: Int) -> Int
          match pairs
              [] -> sum
              [(text, n), ..rest] -> texts(rest, sum + String.len(text) * n)

      fn build(n: Int, marks: List<Mark>) -> List<Mark>
          match n
              0 -> marks
              _ -> build(n - 1, List.prepend(Mark(at = Point(x = n, y = 0.5), name = "m{n}"), marks))

      fn main() -> Unit
          ! [Args.get, Console.print]
          n = 2 + List.len(Args.get())
          shape = Shape.Line(Point(x = n, y = 1.5), Point(x = n + 1, y = 2.5))
          Console.print("{weigh(build(n, []), [("a{n}", 1), ("b{n}", -2)], shape)}")
          Console.print("{weigh(build(n, []), [], Shape.Dot(Point(x = n, y = 1.0)))}")

      """)
    let built = try nanoc(["-g", "flat.av", "--explain-passes"], in: work.path)
    #expect(built.code == 0 && built.output.contains("Flat.Mark.Mark: field 1 comes as 2 fields"), "\(built)")
    #expect(try run(work.path + "/flat", []).output == "12\n9\n")
    let shown = try session(
      "flat", ["break Flat.weigh", "run", "info args", "print shape.Line->_2.x", "print pairs->Cons._1"])
    let expected = [
      "marks = [Mark(name = \"m1\", at = Point(y = 0.5, x = 1)), Mark(name = \"m2\", at = Point(y = 0.5, x = 2))]",
      "pairs = [(\"a2\", 1), (\"b2\", -2)]", "shape = Shape.Line(Point(y = 1.5, x = 2), Point(y = 2.5, x = 3))",
    ]
    #expect(shown[2].split(separator: "\n").map(String.init) == expected, "\(shown)")
    #expect(shown[3] == "$1 = 3" && shown[4] == "$2 = {_1 = \"a2\", _2 = 1}", "\(shown)")
  }

  /// A program that runs in the compiler's memory is known to gdb as soon as it is there.
  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func programsInMemoryAreShown() throws {
    try work.write("values.av", Self.values)
    let shown = try session(
      Repository.nanoc, arguments: ["run", "-g", "-O0", "values.av"],
      ["set breakpoint pending on", "break values.av:32", "run", "up", "print item", "kill"])
    #expect(shown[2].contains("Values.first (p=(1, 2.5)) at values.av:32\n32\t"), "\(shown)")
    #expect(shown[4].contains("Item(name = \"tea é\", price = -3, weight = 2.5, isSold = true"), "\(shown)")
    let refused = try nanoc(["run", "-g", "--interpret", "core", "values.av"], in: work.path)
    #expect(refused.code == 2 && refused.errors.contains("-g goes not with --interpret"), "\(refused)")
  }

  /// Top-level bindings belong to a function of their own.
  @Test(.enabled(if: gdb != nil, "gdb is not installed; `make deps` installs it"))
  func topLevelBindingsHaveLines() throws {
    try work.write(
      "top.av",
      """
      module Top

      limit = double(21)

      fn double(n: Int) -> Int
          n + n

      fn main() -> Unit
          ! [Console.print]
          Console.print("{limit}")

      """)
    try #require(try nanoc(["-g", "-O0", "top.av"], in: work.path).code == 0)
    let shown = try session(
      "top", ["break 3", "run", "step", "backtrace", "break Top.main", "continue", "print limit"])
    #expect(shown[1].hasSuffix("(start) () at top.av:3\n3\tlimit = double(21)"), "\(shown)")
    #expect(shown[2].hasPrefix("Top.double (n=21) at top.av:6"), "\(shown)")
    #expect(shown[3].split(separator: "\n").count == 3, "\(shown)")
    #expect(shown[5].hasSuffix("Console.print(\"{limit}\")") && shown[6] == "$1 = 42", "\(shown)")
  }

  /// Large programs of many features are described without changing what they do.
  @Test(arguments: ["bank_simulation", "script_interpreter", "json_library"], ["-O0", "-O2"])
  func describedProgramsDoTheSame(_ program: String, _ level: String) throws {
    let folder = Repository.path("Tests/programs/" + program)
    let built = try nanoc(["-g", level, "main.av", "-o", work.path + "/program"], in: folder)
    try #require(built.code == 0, "\(built.errors)")
    let expected = try Repository.text("Tests/programs/" + program + "/expected.out")
    #expect(try run(work.path + "/program", []).output == expected)
  }

  private static let valgrind = "/usr/bin/valgrind"

  /// Tools that read symbols, as perf does, know functions by their names, and by lines with `-g`.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: valgrind), "valgrind is not installed"))
  func otherToolsShowNames() throws {
    try work.write("values.av", Self.values)
    #expect(try nanoc(["-g", "-O0", "values.av"], in: work.path).code == 0)
    let call = ["--tool=callgrind", "--callgrind-out-file=calls", "./values"]
    #expect(try run(Self.valgrind, call, in: work.path).code == 0)
    let calls = String(decoding: try #require(work.bytes("calls")), as: UTF8.self)
    #expect(calls.contains("aver.Values.look") && calls.contains("values.av"))
  }

  @Test func debugInformationDependsOnTheSourceAlone() throws {
    for folder in ["one", "two/three"] {
      try work.write(folder + "/values.av", Self.values)
      #expect(try nanoc(["-g", "-O0", "values.av"], in: work.path + "/" + folder).code == 0)
    }
    let program = try #require(work.bytes("one/values"))
    #expect(program == work.bytes("two/three/values"))
    let text = String(decoding: program, as: UTF8.self)
    #expect(text.contains(".debug_line") && text.contains("Values.look") && !text.contains(work.path))
  }

  /// Going on from a snapshot gives the same program, up to the last one that knows types; behind it lines are left.
  @Test func snapshotsKeepLines() throws {
    try work.write("values.av", Self.values)
    #expect(try nanoc(["-g", "values.av", "--snapshots=stages", "--target=llvm-ir"], in: work.path).code == 0)
    func resumed(_ pass: String) throws -> String {
      let stage = try #require(
        FileManager.default.contentsOfDirectory(atPath: work.path + "/stages").first { $0.hasSuffix("-\(pass).zst") })
      let call = ["-g", "--resume=stages/" + stage, "--target=llvm-ir", "-o", "again.ll"]
      #expect(try nanoc(call, in: work.path).code == 0)
      return String(decoding: try #require(work.bytes("again.ll")), as: UTF8.self)
    }
    #expect(try resumed("parse") == String(decoding: try #require(work.bytes("values.ll")), as: UTF8.self))
    let late = try resumed("simplify-blocks")
    #expect(late.contains("!DISubprogram(name: \"Values.look\"") && late.contains("!DILocation(line: 26"))
  }

  @Test func objectsAndTextsAreDescribedOnlyIfAskedFor() throws {
    try work.write("values.av", Self.values)
    for (target, mark) in [("llvm-ir", "!DISubprogram(name: \"Values.look\""), ("assembly", "\t.loc\t")] {
      for level in ["-O0", "-O2"] {
        #expect(try nanoc(["values.av", "--target", target, level, "-o", "plain"], in: work.path).code == 0)
        #expect(try nanoc(["-g", "values.av", "--target", target, level, "-o", "described"], in: work.path).code == 0)
        let (plain, described) = (try #require(work.bytes("plain")), try #require(work.bytes("described")))
        #expect(!String(decoding: plain, as: UTF8.self).contains(mark))
        #expect(String(decoding: described, as: UTF8.self).contains(mark), "\(target) \(level)")
      }
    }
  }
}
