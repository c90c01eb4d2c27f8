struct Body {
  var x: Double
  var y: Double
  var z: Double
  var vx: Double
  var vy: Double
  var vz: Double
  var mass: Double

  func distanceSquared(to other: Body) -> Double {
    let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
    return dx * dx + dy * dy + dz * dz
  }
}

func advance(_ bodies: inout [Body], _ dt: Double) {
  for i in bodies.indices {
    var a = bodies[i]
    for j in (i + 1)..<bodies.count {
      let b = bodies[j]
      let d2 = a.distanceSquared(to: b)
      let pace = dt / (d2 * d2.squareRoot())
      let (mine, its) = (b.mass * pace, a.mass * pace)
      let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z)
      a.vx -= dx * mine
      a.vy -= dy * mine
      a.vz -= dz * mine
      bodies[j].vx += dx * its
      bodies[j].vy += dy * its
      bodies[j].vz += dz * its
    }
    a.x += dt * a.vx
    a.y += dt * a.vy
    a.z += dt * a.vz
    bodies[i] = a
  }
}

func report(_ bodies: [Body]) {
  var energy = 0.0
  for (i, a) in bodies.enumerated() {
    energy += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for b in bodies[(i + 1)...] {
      energy -= a.mass * b.mass / a.distanceSquared(to: b).squareRoot()
    }
  }
  print(Int((energy * 1e9).rounded()))
}

func run(_ steps: Int) {
  var bodies = [
    Body(x: 0, y: 0, z: 0, vx: 0, vy: 0, vz: 0, mass: 40),
    Body(x: 4.8, y: -1.2, z: -0.1, vx: 0.6, vy: 2.8, vz: -0.02, mass: 0.04),
    Body(x: 8.3, y: 4.1, z: -0.4, vx: -1, vy: 1.8, vz: 0.008, mass: 0.011),
    Body(x: 12.9, y: -15.1, z: -0.2, vx: 1.1, vy: 0.9, vz: -0.01, mass: 0.0017),
    Body(x: 15.4, y: -25.9, z: 0.2, vx: 1, vy: 0.6, vz: -0.03, mass: 0.002),
  ]
  report(bodies)
  for _ in 0..<steps {
    advance(&bodies, 0.01)
  }
  report(bodies)
}

run(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 1_000_000)
