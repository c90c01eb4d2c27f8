/// Writes the traversals of a language: from its parent, to itself, and the read-only walk.
struct TraversalEmitter {
  let language: LanguageDefinition
  let parent: LanguageDefinition?

  func emit(into out: inout SwiftText) {
    if let parent { translation(from: parent, &out) }
    rewriter(&out)
    walker(&out)
  }

  // MARK: Parent to child

  private func translation(from parent: LanguageDefinition, _ out: inout SwiftText) {
    let name = "\(parent.name)To\(language.name)"
    let common = parent.nonterminals.filter { old in
      language.nonterminal(old.name) != nil && language.sharedWith[old.name] == nil
    }
    out.line()
    out.docs([
      "A pass from `\(parent.name)` to `\(language.name)`. Forms that both languages have are rebuilt by default; the",
      "required methods are for the forms that `\(language.name)` lacks.",
    ])
    out.block("public protocol \(name): TreePass where Input == \(parent.name), Output == \(language.name)") { out in
      for old in common {
        out.docs(["Translates one `\(old.name)`; by default `derive`."])
        out.line("mutating \(translator(old, parent))")
        for form in removedForms(old, parent) {
          out.docs(["Translates `\(form.signature)`, which `\(language.name)` lacks."])
          out.line("mutating \(requirement(form, old, parent))")
        }
      }
    }
    out.line()
    out.block("extension \(name)") { out in
      runMethod(&out, available: common.contains { $0.name == parent.root } || language.sharedWith[parent.root] != nil)
      for old in common {
        out.line("@inlinable")
        out.block("public mutating \(translator(old, parent))") { out in out.line("try derive(node)") }
        out.docs(["Rebuilds the node in `\(language.name)`, its parts by their own methods."])
        out.line("@inlinable")
        out.block(
          "public mutating func derive(_ node: \(parent.name).\(old.name)) throws -> \(language.name).\(old.name)"
        ) { out in derivation(old, parent, &out) }
      }
    }
    if language.hasFunctions, parent.hasFunctions { functionPassMethod(of: name, &out) }
  }

  private func translator(_ old: Nonterminal, _ parent: LanguageDefinition) -> String {
    "func \(escaped(lowerFirst(old.name)))(_ node: \(parent.name).\(old.name)) throws -> \(language.name).\(old.name)"
  }

  private func requirement(_ form: Form, _ old: Nonterminal, _ parent: LanguageDefinition) -> String {
    var parameters = old.isValue ? [] : ["at span: Span"]
    parameters += form.fields.map { "\($0.name): \($0.swiftType(in: parent.name))" }
    let list = parameters.joined(separator: ", ")
    return "func \(escaped(form.name))(\(list)) throws -> \(language.name).\(old.name)"
  }

  private func removedForms(_ old: Nonterminal, _ parent: LanguageDefinition) -> [Form] {
    let new = language.nonterminal(old.name)
    return old.forms.filter { form in !(new?.forms.contains { $0.sameShape(as: form) } ?? false) }
  }

  private func derivation(_ old: Nonterminal, _ parent: LanguageDefinition, _ out: inout SwiftText) {
    let removed = Set(removedForms(old, parent).map(\.name))
    let newIsStruct = language.nonterminal(old.name)?.isStruct ?? false
    let spanned = !old.isValue
    func clause(_ form: Form, _ value: (Field) -> String, span: String) -> String {
      if removed.contains(form.name) {
        var parts = spanned ? ["at: \(span)"] : []
        parts += form.fields.map { "\($0.name): \(value($0))" }
        return "return try \(escaped(form.name))(\(parts.joined(separator: ", ")))"
      }
      let arguments = form.construction(spanned: spanned, span: span) { translated($0, value($0)) }
      let call =
        newIsStruct
        ? "\(language.name).\(old.name)\(arguments.isEmpty ? "()" : arguments)" : ".\(form.name)\(arguments)"
      return "return \(call)"
    }
    if old.isStruct {
      out.line(clause(old.forms[0], { "node.\($0.name)" }, span: "node.span"))
      return
    }
    out.block("switch node") { out in
      for form in old.forms {
        out.line("case \(form.pattern(spanned: spanned, span: "span", variable)):")
        out.line("  \(clause(form, variable, span: "span"))")
      }
    }
  }

  private func translated(_ field: Field, _ value: String) -> String {
    guard !field.isTerminal, language.sharedWith[field.kind] == nil else { return value }
    let method = escaped(lowerFirst(field.kind))
    switch field.multiplicity {
    case .one: return "try self.\(method)(\(value))"
    case .optional: return "try \(value).map { try self.\(method)($0) }"
    case .many, .some: return "try \(value).map { try self.\(method)($0) }"
    }
  }

  // MARK: Same language

  private var trees: [Nonterminal] { language.nonterminals.filter { !$0.isValue } }

  private func rewriter(_ out: inout SwiftText) {
    let name = "\(language.name)To\(language.name)"
    out.line()
    out.docs([
      "A pass within `\(language.name)`. By default a node whose parts stay the same is handed on as it is, not rebuilt."
    ])
    out.block("public protocol \(name): TreePass where Input == \(language.name), Output == \(language.name)") { out in
      for nonterminal in trees {
        out.docs(["Rewrites one `\(nonterminal.name)`; by default `derive`."])
        out.line("mutating \(rewriting(nonterminal))")
      }
    }
    out.line()
    out.block("extension \(name)") { out in
      runMethod(&out, available: true)
      for nonterminal in trees {
        out.line("@inlinable")
        out.block("public mutating \(rewriting(nonterminal))") { out in out.line("try derive(node)") }
        out.docs(["Rewrites the node's parts by their own methods."])
        out.line("@inlinable")
        let type = "\(language.name).\(nonterminal.name)"
        out.block("public mutating func derive(_ node: \(type)) throws -> \(type)") { out in
          rewriteBody(nonterminal, &out)
        }
      }
    }
    if language.hasFunctions { functionPassMethod(of: name, &out) }
  }

  private func rewriting(_ nonterminal: Nonterminal) -> String {
    let type = "\(language.name).\(nonterminal.name)"
    return "func \(escaped(lowerFirst(nonterminal.name)))(_ node: \(type)) throws -> \(type)"
  }

  private func isTree(_ field: Field) -> Bool {
    !field.isTerminal && !(language.nonterminal(field.kind)?.isValue ?? true)
  }

  private func rewriteBody(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    func steps(_ form: Form, _ value: (Field) -> String, _ rebuild: String, _ out: inout SwiftText) {
      let parts = form.fields.filter(isTree)
      guard !parts.isEmpty else { return out.line("return node") }
      for field in parts {
        let method = escaped(lowerFirst(field.kind))
        switch field.multiplicity {
        case .one: out.line("let \(field.name)New = try self.\(method)(\(value(field)))")
        case .optional: out.line("let \(field.name)New = try \(value(field)).map { try self.\(method)($0) }")
        case .many, .some:
          out.line("let \(field.name)New = try rewriteAll(\(value(field))) { try self.\(method)($0) }")
        }
      }
      let tests = parts.map { field -> String in
        let sides = "\(field.name)New, \(value(field))"
        return field.multiplicity == .one ? "\(language.name).\(field.kind).isSame(\(sides))" : "sameFields(\(sides))"
      }
      out.line("if \(tests.joined(separator: ", ")) { return node }")
      out.line("return \(rebuild)")
    }
    func rebuilt(_ form: Form, _ value: (Field) -> String, span: String) -> String {
      form.construction(spanned: true, span: span) { isTree($0) ? "\($0.name)New" : value($0) }
    }
    if nonterminal.isStruct {
      let form = nonterminal.forms[0]
      let value: (Field) -> String = { "node.\($0.name)" }
      let call = "\(language.name).\(nonterminal.name)\(rebuilt(form, value, span: "node.span"))"
      steps(form, value, call, &out)
      return
    }
    out.block("switch node") { out in
      for form in nonterminal.forms {
        guard form.fields.contains(where: isTree) else {
          out.line("case .\(form.name): return node")
          continue
        }
        out.line("case \(form.pattern(spanned: true, span: "span", variable)):")
        steps(form, variable, ".\(form.name)\(rebuilt(form, variable, span: "span"))", &out)
      }
    }
  }

  private func runMethod(_ out: inout SwiftText, available: Bool) {
    guard available else { return }
    out.docs(["Runs the pass on a whole program."])
    out.line("@inlinable")
    out.block("public mutating func run(_ input: Input.Root, in context: PassContext) throws -> Output.Root") { out in
      out.line("try begin(input, in: context)")
      let method = escaped(lowerFirst(language.root))
      out.line("let output = \(language.sharedWith[language.root] == nil ? "try \(method)(input)" : "input")")
      out.line("try end(in: context)")
      out.line("return output")
    }
  }

  /// A pass that works function by function runs as a sweep of one.
  private func functionPassMethod(of traversal: String, _ out: inout SwiftText) {
    out.line()
    out.block("extension \(traversal) where Self: FunctionPass") { out in
      out.docs(["Runs the pass on a whole program."])
      out.line("@inlinable")
      out.block("public mutating func run(_ input: Input.Root, in context: PassContext) throws -> Output.Root") { out in
        out.line("try sweep(input, in: context)")
      }
    }
  }

  // MARK: Walk

  private func walker(_ out: inout SwiftText) {
    out.line()
    out.docs(["A read-only walk over `\(language.name)`: override `visit` for what matters, and go on with `walk`."])
    out.block("public protocol \(language.name)Walker") { out in
      for nonterminal in trees {
        out.docs(["Visits one `\(nonterminal.name)`; by default `walk`."])
        out.line("mutating func visit(_ node: \(language.name).\(nonterminal.name)) throws")
      }
    }
    out.line()
    out.block("extension \(language.name)Walker") { out in
      for nonterminal in trees {
        let type = "\(language.name).\(nonterminal.name)"
        out.line("@inlinable")
        out.block("public mutating func visit(_ node: \(type)) throws") { out in out.line("try walk(node)") }
        out.docs(["Visits the node's parts in order."])
        out.line("@inlinable")
        out.block("public mutating func walk(_ node: \(type)) throws") { out in walkBody(nonterminal, &out) }
      }
    }
  }

  private func walkBody(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    func steps(_ form: Form, _ value: (Field) -> String, _ out: inout SwiftText) {
      for field in form.fields where isTree(field) {
        switch field.multiplicity {
        case .one: out.line("try visit(\(value(field)))")
        case .optional: out.line("if let part = \(value(field)) { try visit(part) }")
        case .many, .some: out.line("for part in \(value(field)) { try visit(part) }")
        }
      }
    }
    if nonterminal.isStruct {
      steps(nonterminal.forms[0], { "node.\($0.name)" }, &out)
      return
    }
    out.block("switch node") { out in
      for form in nonterminal.forms {
        guard form.fields.contains(where: isTree) else {
          out.line("case .\(form.name): break")
          continue
        }
        out.line("case \(form.pattern(spanned: true, span: nil) { isTree($0) ? variable($0) : nil }):")
        steps(form, variable, &out)
      }
    }
  }
}
