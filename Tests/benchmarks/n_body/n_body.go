package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

type body struct {
	x, y, z, vx, vy, vz, mass float64
}

var bodies = []body{
	{0, 0, 0, 0, 0, 0, 40},
	{4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04},
	{8.3, 4.1, -0.4, -1, 1.8, 0.008, 0.011},
	{12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.0017},
	{15.4, -25.9, 0.2, 1, 0.6, -0.03, 0.002},
}

func advance(bodies []body, dt float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			pace := dt / (d2 * math.Sqrt(d2))
			mine, its := b.mass*pace, a.mass*pace
			a.vx -= dx * mine
			a.vy -= dy * mine
			a.vz -= dz * mine
			b.vx += dx * its
			b.vy += dy * its
			b.vz += dz * its
		}
		a.x += dt * a.vx
		a.y += dt * a.vy
		a.z += dt * a.vz
	}
}

func report(bodies []body) {
	energy := 0.0
	for i := range bodies {
		a := &bodies[i]
		energy += 0.5 * a.mass * (a.vx*a.vx + a.vy*a.vy + a.vz*a.vz)
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			energy -= a.mass * b.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	fmt.Println(int(math.Round(energy * 1e9)))
}

func main() {
	steps := 1000000
	if len(os.Args) > 1 {
		steps, _ = strconv.Atoi(os.Args[1])
	}
	report(bodies)
	for ; steps > 0; steps-- {
		advance(bodies, 0.01)
	}
	report(bodies)
}
