import Diagnostics
import Languages
import Nanopass

// What is left of a function that has a version for small parameters.

extension BlockVersions {
  /// The blocks of the function: a test, and all that is done if a parameter is big.
  static func write(generalOf version: SmallVersion) throws -> [Machine.Block] {
    let plan = version.general
    var writer = BlockVersions(plan, [:])
    guard let first = plan.graph.order.first else { return [] }
    let function = plan.function
    let entry = function.blocks[first]
    let parameters = function.parameters.map(\.operand)
    writer.builder.begin(writer.builder.make("entry"), at: entry.span)
    writer.test(
      version.positions.map { parameters[$0] }, orGoTo: writer.target(MachinePlace(block: first, index: 0)),
      in: entry, at: entry.span)
    writer.builder.end(calling: version.name, parameters, of: function, at: entry.span)
    for block in plan.graph.order {
      writer.round(block, version)
      for index in plan.places[block: block] { try writer.big(MachinePlace(block: block, index: index)) }
    }
    return writer.builder.blocks
  }

  /// Writes the block that goes to the other version for the next round if all that this needs is small.
  private mutating func round(_ header: Int, _ version: SmallVersion) {
    guard let label = choices[header], let entering = plan.entering else { return }
    let block = plan.function.blocks[header]
    let place = MachinePlace(block: header, index: 0)
    let (values, parameters) = parameters(of: place)
    builder.begin(label, parameters, at: block.span)
    let arguments = block.parameters.map { argument(for: $0, values) }
    var passed = plan.function.parameters.map(\.operand)
    for index in passed.indices {
      if let position = entering.firstIndex(where: { $0.register == passed[index].register }) {
        passed[index] = arguments[position]
      }
    }
    test(
      version.positions.map { passed[$0] }, orGoTo: target(place, arguments: arguments, reading: values), in: block,
      at: block.span)
    builder.end(calling: version.name, passed, of: plan.function, at: block.span)
  }
}
