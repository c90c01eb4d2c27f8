import Diagnostics
import Languages
import Nanopass

extension ResultLayout {
  /// The step that builds a value of a constructor from what it was spread to.
  func building(_ variant: Int, from results: [Local], as variable: Local, at span: Span) -> Services.Step {
    let fields = places[variant].map { Services.Atom.local(span, variable: results[$0]) }
    let value = Services.Value.construct(
      span, type: name, variant: declaration.variants[variant].name, index: variant, arguments: fields)
    return .let(span, variable: variable, ty: .data(name: name), value: value)
  }
}

extension Services.Step {
  /// A call of a function with as many results as there are parameters for them.
  static func call(
    _ span: Span, _ function: Name, _ arguments: [Services.Atom], _ results: [Services.Parameter]
  ) -> Services.Step {
    guard results.count == 1, let only = results.first else {
      return .receive(span, function: function, arguments: arguments, parameters: results)
    }
    let call = Services.Value.call(span, function: function, arguments: arguments)
    return .let(span, variable: only.variable, ty: only.ty, value: call)
  }
}

/// Writes the version of a function that gives whole values where the function spreads them.
struct BoxedResults {
  private let original: Services.Function
  private let layouts: [ResultLayout?]
  private let span: Span
  private var fresh = FreshLocals(from: 0)
  /// What each result of the function that is written comes as.
  private var received: [[Services.Parameter]] = []

  /// - Parameters:
  ///   - original: the function as it was when it gave whole values.
  ///   - layouts: how each of its results is spread now, if it is.
  init(_ original: Services.Function, _ layouts: [ResultLayout?]) {
    self.original = original
    self.layouts = layouts
    span = original.span
  }

  mutating func function(named name: Name) -> Services.Function {
    let parameters = original.parameters.map {
      Services.Parameter($0.span, variable: fresh.make($0.variable.name), ty: $0.ty)
    }
    received = zip(original.results, layouts).map { result, layout in
      (layout?.types ?? [result]).map { Services.Parameter(span, variable: fresh.make("t"), ty: $0) }
    }
    let arguments = parameters.map { Services.Atom.local($0.span, variable: $0.variable) }
    let call = Services.Step.call(span, original.name, arguments, Array(received.joined()))
    var block = rest(0, [])
    block.steps.insert(call, at: 0)
    return Services.Function(
      span, name: name, parameters: parameters, results: original.results, effects: original.effects,
      behaviour: original.behaviour, body: block)
  }

  /// The block that builds the results from one on and returns them behind those that are there.
  private mutating func rest(_ index: Int, _ done: [Services.Atom]) -> Services.Block {
    guard index < received.count else {
      return Services.Block(span, steps: [], end: .return(span, values: done), failure: nil)
    }
    let parts = received[index].map(\.variable)
    guard let layout = layouts[index] else {
      return rest(index + 1, done + parts.map { .local(span, variable: $0) })
    }
    guard let tag = layout.tag, let subject = parts.first else { return building(0, layout, parts, index, done) }
    let cases = layout.declaration.variants.enumerated().map { variant, constructor in
      Services.Case(
        span, variant: constructor.name, index: variant, body: building(variant, layout, parts, index, done))
    }
    let end = Services.End.switch(
      span, subject: .local(span, variable: subject), type: tag.name, cases: cases, default: nil)
    return Services.Block(span, steps: [], end: end, failure: nil)
  }

  private mutating func building(
    _ variant: Int, _ layout: ResultLayout, _ parts: [Local], _ index: Int, _ done: [Services.Atom]
  ) -> Services.Block {
    let variable = fresh.make("t")
    var block = rest(index + 1, done + [.local(span, variable: variable)])
    block.steps.insert(layout.building(variant, from: parts, as: variable, at: span), at: 0)
    return block
  }
}
