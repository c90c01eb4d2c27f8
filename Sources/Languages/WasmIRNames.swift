public import Nanopass

extension WasmIR.TypeDef {
  /// The type's name.
  public var name: Name {
    switch self {
    case .struct(_, let name, _, _), .array(_, let name, _): name
    }
  }
}

extension WasmIR.Datum {
  /// The datum's name.
  public var name: Name {
    switch self {
    case .text(_, let name, _), .bytes(_, let name, _), .words(_, let name, _), .space(_, let name, _): name
    }
  }

  /// The data whose addresses it holds.
  public var mentions: [Name] {
    guard case .words(_, _, let values) = self else { return [] }
    return values.compactMap { word in
      if case .address(_, let datum) = word { datum } else { nil }
    }
  }
}

extension WasmIR.Root {
  /// The function that writes what printing keeps in memory, if the program keeps anything there. The host may call it
  /// where the engine has ended the program, so that it stays a function of its own.
  public static let flush: Name = "console.flush"

  /// The names that are declared; a violation of `known-names` if one occurs twice.
  public var declaredNames: [Name] {
    var names: [Name] = types.map(\.name)
    names += imports.map(\.name)
    names += globals.map(\.name)
    names += data.map(\.name)
    names += functions.map(\.name)
    return names
  }
}
