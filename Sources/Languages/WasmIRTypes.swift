public import Nanopass

extension WasmDeclarations {
  /// The types of what an expression of a well-typed program gives; nil if something in it is unknown.
  ///
  /// - Parameter variables: the types of the variables in scope.
  public func types(of value: WasmIR.Expr, _ variables: LocalTable<WasmIR.Ty>) -> [WasmIR.Ty]? {
    switch value {
    case .local(_, let variable): variables[variable.id].map { [$0] }
    case .i32, .address, .size, .isNull, .same, .is, .length, .elements: [.i32]
    case .i64: [.i64]
    case .f64: [.f64]
    case .null(_, let type): [.nullable(type: type)]
    case .global(_, let name): globals[name].map { [$0.ty] }
    case .compute(_, let name, _): WasmOperator.named(name)?.results
    case .choose(_, _, let ty, _, _): [ty]
    case .call(_, let name, _): functions[name]?.results
    case .host(_, let name, _): imports[name]?.results
    case .new(_, let type, _), .newArray(_, let type, _, _), .newZeroed(_, let type, _), .newFixed(_, let type, _),
      .newFromDatum(_, let type, _), .cast(_, let type, _):
      [.ref(type: type)]
    case .get(_, let type, let index, _):
      fields(of: type).flatMap { $0.indices.contains(index) ? [$0[index].storage.ty] : nil }
    case .element(_, let type, _, _): element(of: type).map { [$0.storage.ty] }
    case .notNull(_, let subject):
      types(of: subject, variables)?.first.map { [$0.mentioned.map { .ref(type: $0) } ?? $0] }
    case .setGlobal, .set, .setElement, .copy, .fill: []
    }
  }
}

extension WasmIR.Ty {
  /// The type of the object that it refers to; nil for a number.
  public var mentioned: Name? {
    switch self {
    case .ref(let name), .nullable(let name): name
    case .i32, .i64, .f64: nil
    }
  }
}
