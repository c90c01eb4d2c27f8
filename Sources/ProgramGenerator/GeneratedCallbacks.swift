// Parameters of `Fn` types: what they are called with, and what is passed for them.

extension ProgramGenerator {
  /// A `Fn` type for which something can be passed wherever the module can be used.
  mutating func callbackType(mayPrint: Bool) -> GeneratedType {
    let effects: [GeneratedType.CallbackEffects] = [.none, .none, .forwarded] + (mayPrint ? [.listed] : [])
    let printing: [GeneratedType.CallbackEffects] = mayPrint ? [.listed, .forwarded] : [.forwarded]
    switch source.below(8) {
    case 0, 1, 2:
      let anywhere = Place(variables: [], mayPrint: false)
      let others = signatures.filter { isPassable($0) && !$0.isPrivate && isVisible($0, anywhere) }
      guard !others.isEmpty else { break }
      let one = source.pick(others)
      return .function(one.parameters.map(\.type), one.result, source.pick(one.prints ? printing : effects))
    case 3:
      return .function([.string], .unit, source.pick(printing))
    case 4:
      return .function([], .list(.string), source.pick(printing))
    case 5:
      let payload = type(1)
      let constructors = declarations.sums.flatMap { sum in
        // Others can't pass a constructor of an opaque type.
        sum.variants.filter { !$0.fields.isEmpty && !declarations.opaque.contains(sum.name) && isNamed(sum.name) }
          .map { GeneratedType.function($0.fields, .named(sum.name), .none) }
      }
      let builtin: [GeneratedType] = [
        .function([payload], .option(payload), .none), .function([payload], .result(payload, .string), .none),
        .function([.string], .result(payload, .string), .none),
      ]
      return source.pick(builtin + constructors)
    default: break
    }
    let function = source.pick(Self.callable)
    var types: [String: GeneratedType] = [:]
    for name in (function.parameters + [function.result]).flatMap({ $0.variables.sorted() }) where types[name] == nil {
      // A key fits wherever a variable stands.
      types[name] = keyType()
    }
    let parameters = function.parameters.map { $0.replacing(types) }
    return .function(parameters, function.result.replacing(types), source.pick(effects))
  }

  private func isNamed(_ type: String) -> Bool { visibleTypes.contains(.named(type)) }

  /// Whether a function can be passed and then be called with any arguments.
  private func isPassable(_ signature: Signature) -> Bool {
    signature.form != .counting
      && !signature.parameters.contains { if case .function = $0.type { true } else { false } }
  }

  /// Something that can be passed for a parameter of a `Fn` type.
  mutating func callback(_ type: GeneratedType, _ place: Place) -> String? {
    guard case .function(let parameters, let result, let effects) = type else { return nil }
    let admits = effects == .listed || effects == .forwarded && place.mayPrint
    var found: [String] = []
    for (name, own) in place.callbacks {
      guard case .function(parameters, result, let ownEffects) = own else { continue }
      switch ownEffects {
      case .none: found.append(name)
      case .listed: if admits { found.append(name) }
      case .forwarded: if effects == .forwarded { found.append(name) }
      }
    }
    for one in signatures where isPassable(one) && isVisible(one, place) && (admits || !one.prints) {
      if one.result == result, one.parameters.map(\.type) == parameters { found.append(path(one.name, in: one.module)) }
    }
    for function in Self.callable {
      let whole = GeneratedType.tuple(function.parameters + [function.result])
      if whole.match(.tuple(parameters + [result])) != nil { found.append(function.name) }
    }
    found += constructors(parameters, result)
    if admits, parameters == [.string], result == .unit {
      found += ["Console.print", "Console.error", "Console.warn"]
    }
    if admits, parameters.isEmpty, result == .list(.string) { found.append("Args.get") }
    return found.isEmpty ? nil : source.pick(found)
  }

  private func constructors(_ fields: [GeneratedType], _ result: GeneratedType) -> [String] {
    switch result {
    case .option(let payload) where fields == [payload]: return ["Option.Some"]
    case .result(let success, let failure) where fields.count == 1:
      return (fields == [success] ? ["Result.Ok"] : []) + (fields == [failure] ? ["Result.Err"] : [])
    case .named(let name):
      let variants = declarations.variants(of: name) ?? []
      return variants.filter { !$0.fields.isEmpty && $0.fields == fields }.map { "\(name).\($0.name)" }
    default: return []
    }
  }

  /// A call of what was passed for a parameter; a first argument that may be fuel is less than the function's own.
  mutating func apply(_ callback: (name: String, type: GeneratedType), _ depth: Int, _ place: Place) -> String? {
    guard case .function(let parameters, _, _) = callback.type, let fuel = place.fuel else { return nil }
    let arguments = parameters.enumerated().map { index, type in
      index == 0 && type == .int ? "\(fuel) - 1" : expression(type, depth, place)
    }
    return "\(callback.name)(\(arguments.joined(separator: ", ")))"
  }
}
