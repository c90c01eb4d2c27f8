import Languages
import Nanopass
import Testing

@testable import Passes

/// The invariant `well-typed` of `Machine`: what it lets pass and what it finds.
@Suite struct MachineTypingTests {
  private func violations(_ body: String, result: String = "word") throws -> [String] {
    let text = """
      (program [] [(function f [(parameter w.0 word) (parameter d.1 float) (parameter b.2 bit)] [\(result)]
        [(block a.3 [] \(body))])] f)
      """
    let program = try read(Machine.self, text)
    return Machine.verify(try #require(program.root as? Machine.Root))
      .filter { $0.invariant == "well-typed" }.map(\.violation.message)
  }

  @Test(arguments: [
    "[(set x.4 word (compute add [(local w.0) (word 1)]))] (return [(local x.4)])",
    "[(set x.4 bit (compute and [(local b.2) (bit true)]))] (branch (local b.2) (to a.3 []) (to a.3 []) then)",
    "[(set x.4 word (compute int.add!12 [(local w.0) (local w.0)]))] (return [(local x.4)])",
    "[(run (compute drop.integer [(local w.0) (local w.0)]))] (return [(local w.0)])",
    "[(set x.4 float (load (local w.0) 8 8))] (tailCall f [(local w.0) (local x.4) (local b.2)])",
  ]) func accepts(_ body: String) throws { #expect(try violations(body) == []) }

  @Test(arguments: [
    ("[(set x.4 word (compute bogus [(local w.0)]))] (return [(local x.4)])", "there is no operator `bogus`"),
    ("[(set x.4 word (compute add [(local w.0)]))] (return [(local x.4)])", "this takes 2 operands, not 1"),
    ("[(set x.4 word (compute add [(local w.0) (local d.1)]))] (return [(local x.4)])", "an operand is a float"),
    ("[(set x.4 float (compute add [(local w.0) (word 1)]))] (return [(local w.0)])", "is set as a float to a word"),
    ("[(set x.4 word (compute int.add!3 [(local w.0) (word 1)]))] (return [(local w.0)])", "no operator `int.add!3`"),
    ("[(set x.4 word (compute take [(local w.0)]))] (return [(local w.0)])", "gives no result"),
    ("[(run (compute add [(local w.0) (word 1)]))] (return [(local w.0)])", "is run, but gives a result only"),
    ("[(store (local w.0) 8 3 (word 1))] (return [(local w.0)])", "can't be stored in 3 bytes"),
    ("[(set x.4 float (load (local w.0) 8 4))] (return [(local w.0)])", "can't be loaded from 4 bytes"),
    ("[] (return [(local d.1)])", "an operand is a float where a word is needed"),
    ("[] (return [(word 9223372036854775808)])", "is no machine word"),
    ("[] (branch (local w.0) (to a.3 []) (to a.3 []) -)", "an operand is a word where a bit is needed"),
    ("[] (branch (local b.2) (to a.3 []) (to a.3 []) maybe)", "`maybe` is no way of a branch"),
    ("[] (switch (local w.0) [(case 1 (to a.3 [])) (case 1 (to a.3 []))] (to a.3 []))", "a second case for one"),
    ("[(set x.4 word (runtime nanoc_int_add [(local d.1) (word 1)]))] (return [(local x.4)])", "is a float"),
  ]) func finds(_ body: String, _ message: String) throws {
    let found = try violations(body)
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }
}
