#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

enum { COUNT = 5 };

static Body bodies[COUNT] = {
    {0, 0, 0, 0, 0, 0, 40},
    {4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04},
    {8.3, 4.1, -0.4, -1, 1.8, 0.008, 0.011},
    {12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.0017},
    {15.4, -25.9, 0.2, 1, 0.6, -0.03, 0.002},
};

static void advance(double dt) {
    for (int i = 0; i < COUNT; i++) {
        Body *a = &bodies[i];
        for (int j = i + 1; j < COUNT; j++) {
            Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double pace = dt / (d2 * sqrt(d2));
            double mine = b->mass * pace, its = a->mass * pace;
            a->vx -= dx * mine;
            a->vy -= dy * mine;
            a->vz -= dz * mine;
            b->vx += dx * its;
            b->vy += dy * its;
            b->vz += dz * its;
        }
        a->x += dt * a->vx;
        a->y += dt * a->vy;
        a->z += dt * a->vz;
    }
}

static void report(void) {
    double energy = 0;
    for (int i = 0; i < COUNT; i++) {
        const Body *a = &bodies[i];
        energy += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < COUNT; j++) {
            const Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            energy -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    printf("%ld\n", lround(energy * 1e9));
}

int main(int argc, char **argv) {
    report();
    for (long steps = argc > 1 ? atol(argv[1]) : 1000000; steps > 0; steps--) advance(0.01);
    report();
}
