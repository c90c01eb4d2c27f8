/// Writes a language's Swift types, with their printer, reader, random generator and identity test.
struct TypeEmitter {
  let language: LanguageDefinition

  func emit(into out: inout SwiftText) {
    for nonterminal in language.nonterminals {
      out.line()
      if let origin = language.sharedWith[nonterminal.name] {
        out.docs(nonterminal.docs.isEmpty ? ["As in `\(origin)`."] : nonterminal.docs)
        out.line("public typealias \(nonterminal.name) = \(origin).\(nonterminal.name)")
        continue
      }
      out.docs(nonterminal.docs.isEmpty ? ["The nonterminal `\(nonterminal.name)`."] : nonterminal.docs)
      if nonterminal.isStruct {
        structure(nonterminal, &out)
      } else {
        enumeration(nonterminal, &out)
      }
    }
  }

  private func conformances(_ nonterminal: Nonterminal) -> String {
    if nonterminal.isValue { return "Node, Hashable" }
    let hasFunctions = nonterminal.name == language.root && language.hasFunctions
    return hasFunctions ? "SpannedNode, FunctionProgram" : "SpannedNode"
  }

  private func enumeration(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let spanned = !nonterminal.isValue
    let storage = nonterminal.isLeaf ? "" : "indirect "
    out.block("public \(storage)enum \(nonterminal.name): \(conformances(nonterminal))") { out in
      for form in nonterminal.forms {
        out.docs(form.docs.isEmpty ? ["`\(form.signature)`"] : form.docs)
        var parts = spanned ? ["Span"] : []
        parts += form.fields.map { "\($0.name): \($0.swiftType(in: language.name))" }
        let payload = parts.isEmpty ? "" : "(\(parts.joined(separator: ", ")))"
        out.line("case \(escaped(form.name))\(payload)")
      }
      if spanned { spanAccessor(nonterminal, &out) }
      attributeAccessor(nonterminal, &out)
      greatestLocal(nonterminal, &out)
      writer(nonterminal, &out)
      reader(nonterminal, &out)
      random(nonterminal, &out)
      identity(nonterminal, &out)
    }
  }

  /// Trees are the same if they are one object, which takes one comparison; what stands in place is compared.
  private func identity(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let declaration = "@inlinable public static func isSame(_ left: Self, _ right: Self) -> Bool"
    out.line()
    if nonterminal.isValue || !nonterminal.isLeaf {
      out.line("\(declaration) { \(nonterminal.isValue ? "left == right" : "sameReference(left, right)") }")
      return
    }
    out.block(declaration) { out in
      out.block("switch (left, right)") { out in
        for form in nonterminal.forms {
          let left = form.pattern(spanned: true, span: "leftSpan") { "left" + variable($0) }
          let right = form.pattern(spanned: true, span: "rightSpan") { "right" + variable($0) }
          let tests = form.fields.map { sameness(of: $0, "left" + variable($0), "right" + variable($0)) }
          out.line("case (\(left), \(right)): return \((["leftSpan == rightSpan"] + tests).joined(separator: " && "))")
        }
        if nonterminal.forms.count > 1 { out.line("default: return false") }
      }
    }
  }

  private func structure(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let form = nonterminal.forms[0]
    let spanned = !nonterminal.isValue
    out.block("public struct \(nonterminal.name): \(conformances(nonterminal))") { out in
      if spanned {
        out.docs(["Where the source has it."])
        out.line("public var span: Span")
      }
      for field in form.fields {
        out.docs(["The field `\(field.name)`."])
        out.line("public var \(escaped(field.name)): \(field.swiftType(in: language.name))")
      }
      out.line()
      out.docs(form.docs.isEmpty ? ["`\(form.signature)`"] : form.docs)
      var parameters = spanned ? ["_ span: Span"] : []
      parameters += form.fields.map { "\($0.name): \($0.swiftType(in: language.name))" }
      out.line("@inlinable")
      out.block("public init(\(parameters.joined(separator: ", ")))") { out in
        if spanned { out.line("self.span = span") }
        for field in form.fields { out.line("self.\(field.name) = \(escaped(field.name))") }
      }
      attributeAccessor(nonterminal, &out)
      greatestLocal(nonterminal, &out)
      writer(nonterminal, &out)
      reader(nonterminal, &out)
      random(nonterminal, &out)
      out.line()
      let tests = form.fields.map { sameness(of: $0, "left.\($0.name)", "right.\($0.name)") }
      out.line("@inlinable")
      out.block("public static func isSame(_ left: Self, _ right: Self) -> Bool") { out in
        out.line(tests.isEmpty ? "true" : tests.joined(separator: " && "))
      }
    }
  }

  private func sameness(of field: Field, _ left: String, _ right: String) -> String {
    let type = field.swiftType(in: language.name)
    return field.multiplicity == .one ? "\(type).isSame(\(left), \(right))" : "sameFields(\(left), \(right))"
  }

  private func spanAccessor(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    out.line()
    out.docs(["Where the source has it."])
    out.line("@inlinable")
    out.block("public var span: Span") { out in
      out.block("switch self") { out in
        for form in nonterminal.forms {
          out.line("case \(form.pattern(spanned: true, span: "span") { _ in nil }): return span")
        }
      }
    }
  }

  private func attributeAccessor(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    guard let attribute = nonterminal.attribute, !nonterminal.isStruct else { return }
    out.line()
    out.docs(["The attribute that every form has."])
    out.line("@inlinable")
    out.block("public var \(escaped(attribute.name)): \(attribute.swiftType(in: language.name))") { out in
      out.block("switch self") { out in
        for form in nonterminal.forms {
          if let constant = form.attributes[attribute.name] {
            out.line("case .\(form.name): return .\(constant)")
          } else {
            let pattern = form.pattern(spanned: !nonterminal.isValue, span: nil) {
              $0.name == attribute.name ? "value" : nil
            }
            out.line("case \(pattern): return value")
          }
        }
      }
    }
  }

  private func greatestLocal(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let holders = language.holdersOfLocals
    func greatest(_ form: Form, _ value: (Field) -> String) -> String {
      let parts = form.fields.filter { holders.contains($0.kind) }.map { "\(value($0)).greatestLocal" }
      return parts.count > 1 ? "max(\(parts.joined(separator: ", ")))" : parts.first ?? "-1"
    }
    out.line()
    out.block("public var greatestLocal: Int") { out in
      if nonterminal.isStruct { return out.line(greatest(nonterminal.forms[0]) { "self.\($0.name)" }) }
      out.block("switch self") { out in
        for form in nonterminal.forms {
          let pattern = form.pattern(spanned: !nonterminal.isValue, span: nil) {
            holders.contains($0.kind) ? variable($0) : nil
          }
          out.line("case \(pattern): return \(greatest(form, variable))")
        }
      }
    }
  }

  private func writer(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let span = nonterminal.isValue ? ".none" : "span"
    out.line()
    out.block("public func write<Sink: NodeSink>(to sink: inout Sink)") { out in
      func fields(_ form: Form, _ value: (Field) -> String, _ out: inout SwiftText) {
        out.line("sink.open(\"\(form.name)\", \(span), spanned: \(!nonterminal.isValue))")
        for field in form.fields {
          switch field.multiplicity {
          case .one: out.line("\(value(field)).write(to: &sink)")
          case .optional: out.line("sink.optional(\(value(field)))")
          case .many: out.line("sink.list(\(value(field)), minimum: 0)")
          case .some: out.line("sink.list(\(value(field)), minimum: 1)")
          }
        }
        out.line("sink.close(empty: \(form.fields.isEmpty))")
      }
      if nonterminal.isStruct {
        fields(nonterminal.forms[0], { "self.\($0.name)" }, &out)
      } else {
        out.block("switch self") { out in
          for form in nonterminal.forms {
            out.line("case \(form.pattern(spanned: !nonterminal.isValue, span: "span", variable)):")
            fields(form, variable, &out)
          }
        }
      }
    }
  }

  private func reader(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let spanned = !nonterminal.isValue
    func value(_ field: Field) -> String {
      switch field.multiplicity {
      case .one: return "try fields.one(&reader)"
      case .optional: return "try fields.optional(&reader)"
      case .many: return "try fields.list(&reader, minimum: 0)"
      case .some: return "try fields.list(&reader, minimum: 1)"
      }
    }
    out.line()
    out.block("public init(reading text: SExpression, from reader: inout NodeReader) throws") { out in
      let heads = nonterminal.forms.map { "\"\($0.name)\"" }.joined(separator: ", ")
      if spanned { out.line("let span = reader.nextSpan(text)") }
      let keyword = nonterminal.forms.contains { !$0.fields.isEmpty } ? "var" : "let"
      out.line(
        "\(keyword) fields = try reader.fields(of: text, nonterminal: \"\(nonterminal.name)\", forms: [\(heads)])")
      out.block("switch fields.head") { out in
        for form in nonterminal.forms {
          out.line("case \"\(form.name)\":")
          let arguments = form.construction(spanned: spanned, value)
          let target = nonterminal.isStruct ? "self.init" : "self = .\(form.name)"
          out.line("  \(target)\(nonterminal.isStruct && arguments.isEmpty ? "()" : arguments)")
        }
        out.line("default: throw fields.unknownForm()")
      }
      out.line("try fields.end()")
    }
  }

  private func random(_ nonterminal: Nonterminal, _ out: inout SwiftText) {
    let spanned = !nonterminal.isValue
    func value(_ field: Field) -> String {
      switch field.multiplicity {
      case .one: return "\(field.swiftType(in: language.name)).random(&source)"
      case .optional: return "source.optional()"
      case .many: return "source.list(minimum: 0)"
      case .some: return "source.list(minimum: 1)"
      }
    }
    let depths = language.minimalDepths
    let least = depths[nonterminal.name] ?? 1
    let small = nonterminal.forms.indices.filter { language.minimalDepth(of: nonterminal.forms[$0], depths) == least }
    out.line()
    out.block("public static func random(_ source: inout RandomSource) -> Self") { out in
      out.line("source.enter()")
      out.line("defer { source.leave() }")
      if nonterminal.isStruct {
        out.line("return Self\(nonEmpty(nonterminal.forms[0].construction(spanned: spanned, span: ".none", value)))")
        return
      }
      let choices = small.map(String.init).joined(separator: ", ")
      out.block("switch source.choose(\(nonterminal.forms.count), small: [\(choices)])") { out in
        for (index, form) in nonterminal.forms.enumerated() {
          let label = index == nonterminal.forms.count - 1 ? "default" : "case \(index)"
          let construction = form.construction(spanned: spanned, span: ".none", value)
          out.line("\(label): return .\(form.name)\(construction)")
        }
      }
    }
  }

  private func nonEmpty(_ arguments: String) -> String { arguments.isEmpty ? "()" : arguments }
}
