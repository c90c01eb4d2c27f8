/// The paths below the module root at which a module's file may be, best first: `Data.Fib` as `data/fib.av`, then as
/// `Data/Fib.av`.
public func modulePaths(_ name: String) -> [String] {
  let exact = name.replacing(".", with: "/") + ".av"
  let lower = name.lowercased().replacing(".", with: "/") + ".av"
  return lower == exact ? [lower] : [lower, exact]
}
