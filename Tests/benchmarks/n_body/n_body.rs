struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

fn body(position: [f64; 3], velocity: [f64; 3], mass: f64) -> Body {
    Body { position, velocity, mass }
}

fn difference(a: &Body, b: &Body) -> [f64; 3] {
    std::array::from_fn(|k| a.position[k] - b.position[k])
}

fn square(v: &[f64; 3]) -> f64 {
    v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
}

fn advance(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        let (before, after) = bodies.split_at_mut(i + 1);
        let a = &mut before[i];
        for b in after {
            let d = difference(a, b);
            let d2 = square(&d);
            let pace = dt / (d2 * d2.sqrt());
            let (mine, its) = (b.mass * pace, a.mass * pace);
            for k in 0..3 {
                a.velocity[k] -= d[k] * mine;
                b.velocity[k] += d[k] * its;
            }
        }
        for k in 0..3 {
            a.position[k] += dt * a.velocity[k];
        }
    }
}

fn report(bodies: &[Body]) {
    let mut energy = 0.0;
    for (i, a) in bodies.iter().enumerate() {
        energy += 0.5 * a.mass * square(&a.velocity);
        for b in &bodies[i + 1..] {
            energy -= a.mass * b.mass / square(&difference(a, b)).sqrt();
        }
    }
    println!("{}", (energy * 1e9).round() as i64);
}

fn main() {
    let steps: i64 = std::env::args().nth(1).map_or(1_000_000, |text| text.parse().unwrap());
    let mut bodies = [
        body([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 40.0),
        body([4.8, -1.2, -0.1], [0.6, 2.8, -0.02], 0.04),
        body([8.3, 4.1, -0.4], [-1.0, 1.8, 0.008], 0.011),
        body([12.9, -15.1, -0.2], [1.1, 0.9, -0.01], 0.0017),
        body([15.4, -25.9, 0.2], [1.0, 0.6, -0.03], 0.002),
    ];
    report(&bodies);
    for _ in 0..steps {
        advance(&mut bodies, 0.01);
    }
    report(&bodies);
}
