import Languages
import Nanopass

/// Places for the variables of a function: variables of one type whose lives do not overlap share one.
///
/// A life goes from the first to the last instruction that names the variable, and to the end of each loop around that
/// which the variable is older than. Places are given in order of first use (Poletto, Sarkar: Linear Scan Register
/// Allocation, ACM TOPLAS 1999).
struct LocalSharing {
  /// The numbers of the variables' locals.
  private(set) var numbers: [Int]
  /// The locals behind the parameters, those of one type together.
  private(set) var locals: [WasmCode.Variable] = []

  private struct Life {
    var start = -1
    var end = -1
    /// How many loops were open at the start.
    var depth = 0
    /// The loop that the end is known to be delayed for.
    var loop = -1
  }

  /// - Parameters:
  ///   - code: the function, whose first variables are the parameters.
  ///   - parameters: their number.
  init(_ code: DraftCode, parameters: Int) {
    let lives = Self.lives(code, parameters: parameters)
    numbers = Array(0..<parameters) + [Int](repeating: -1, count: code.variables.count - parameters)

    // Places by type, in order of appearance; a place of a parameter has its number.
    enum Place { case parameter(Int), local(type: Int, position: Int) }
    var types: [WasmCode.Ty: Int] = [:]
    var names: [[Name]] = []
    var order: [WasmCode.Ty] = []
    var free: [WasmCode.Ty: [Place]] = [:]
    var places = [Place?](repeating: nil, count: code.variables.count)
    for parameter in 0..<parameters { places[parameter] = .parameter(parameter) }

    let used = code.variables.indices.filter { lives[$0].start >= 0 || $0 < parameters }
    let byStart = used.filter { $0 >= parameters }.sorted { (lives[$0].start, $0) < (lives[$1].start, $1) }
    let byEnd = used.sorted { (lives[$0].end, $0) < (lives[$1].end, $1) }
    var ended = 0
    for variable in byStart {
      while ended < byEnd.count, lives[byEnd[ended]].end < lives[variable].start {
        if let place = places[byEnd[ended]] { free[code.variables[byEnd[ended]].ty, default: []].append(place) }
        ended += 1
      }
      let (name, ty) = (code.variables[variable].name, code.variables[variable].ty)
      if let place = free[ty]?.popLast() {
        places[variable] = place
        continue
      }
      let type = types[ty] ?? order.count
      if types[ty] == nil {
        types[ty] = type
        order.append(ty)
        names.append([])
      }
      places[variable] = .local(type: type, position: names[type].count)
      names[type].append(name)
    }
    var starts: [Int] = []
    var next = parameters
    for (type, ty) in order.enumerated() {
      starts.append(next)
      next += names[type].count
      locals += names[type].map { WasmCode.Variable(.none, name: $0, ty: ty) }
    }
    for (variable, place) in places.enumerated() {
      switch place {
      case .parameter(let number): numbers[variable] = number
      case .local(let type, let position): numbers[variable] = starts[type] + position
      case nil: break
      }
    }
  }

  private static func lives(_ code: DraftCode, parameters: Int) -> [Life] {
    var lives = [Life](repeating: Life(), count: code.variables.count)
    // The loops that are open, with the variables older than each that live to its end.
    var loops: [(serial: Int, older: [Int])] = []
    var isLoop: [Bool] = []
    for (position, draft) in code.drafts.enumerated() {
      switch draft.kind {
      case .get(let variable), .set(let variable), .tee(let variable):
        if lives[variable].start < 0, variable >= parameters {
          lives[variable].start = position
          lives[variable].depth = loops.count
        }
        lives[variable].end = max(lives[variable].end, position)
        let depth = lives[variable].depth
        if depth < loops.count, lives[variable].loop != loops[depth].serial {
          lives[variable].loop = loops[depth].serial
          loops[depth].older.append(variable)
        }
      case .block, .if, .attempt: isLoop.append(false)
      case .loop:
        isLoop.append(true)
        loops.append((position, []))
      case .end:
        guard isLoop.popLast() == true, let loop = loops.popLast() else { continue }
        for variable in loop.older { lives[variable].end = max(lives[variable].end, position) }
      default: break
      }
    }
    return lives
  }
}
