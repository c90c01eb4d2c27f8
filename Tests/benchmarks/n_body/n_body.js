"use strict";

class Body {
  constructor(x, y, z, vx, vy, vz, mass) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.vx = vx;
    this.vy = vy;
    this.vz = vz;
    this.mass = mass;
  }
}

const bodies = [
  new Body(0, 0, 0, 0, 0, 0, 40),
  new Body(4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04),
  new Body(8.3, 4.1, -0.4, -1, 1.8, 0.008, 0.011),
  new Body(12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.0017),
  new Body(15.4, -25.9, 0.2, 1, 0.6, -0.03, 0.002),
];

function advance(dt) {
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      const d2 = dx * dx + dy * dy + dz * dz;
      const pace = dt / (d2 * Math.sqrt(d2));
      const mine = b.mass * pace;
      const its = a.mass * pace;
      a.vx -= dx * mine;
      a.vy -= dy * mine;
      a.vz -= dz * mine;
      b.vx += dx * its;
      b.vy += dy * its;
      b.vz += dz * its;
    }
    a.x += dt * a.vx;
    a.y += dt * a.vy;
    a.z += dt * a.vz;
  }
}

function report() {
  let energy = 0;
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    energy += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      energy -= (a.mass * b.mass) / Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  console.log(String(Math.round(energy * 1e9)));
}

report();
for (let steps = Number(process.argv[2] ?? 1000000); steps > 0; steps--) advance(0.01);
report();
