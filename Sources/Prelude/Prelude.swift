/// The names of the standard library's modules, in order.
public var preludeModules: [String] { preludeSources.keys.sorted() }
