import CRuntime

// The functions that the C library of mathematics computes; programs that use none of them do not need it.

/// `base` to the power of `exponent`, as IEEE 754 defines `pow`.
@c(nanoc_float_pow)
public func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The sine of an angle in radians.
@c(nanoc_float_sin)
public func sine(_ angle: Double) -> Double { sin(angle) }

/// The cosine of an angle in radians.
@c(nanoc_float_cos)
public func cosine(_ angle: Double) -> Double { cos(angle) }

/// The angle in radians, from -pi to pi, of the point with the given coordinates.
@c(nanoc_float_atan2)
public func angle(y: Double, x: Double) -> Double { atan2(y, x) }
