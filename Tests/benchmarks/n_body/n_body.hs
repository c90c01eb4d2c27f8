-- Strict records whose floats are unboxed; a system is a list.
{-# LANGUAGE BangPatterns #-}
module Main (main) where

import System.Environment (getArgs)

data Body = Body
  { x, y, z, vx, vy, vz, mass :: {-# UNPACK #-} !Double }

data System = Empty | Cons !Body !System

data Pulled = Pulled !Body !System

bodies :: System
bodies = foldr Cons Empty
  [ Body 0 0 0 0 0 0 40
  , Body 4.8 (-1.2) (-0.1) 0.6 2.8 (-0.02) 0.04
  , Body 8.3 4.1 (-0.4) (-1) 1.8 0.008 0.011
  , Body 12.9 (-15.1) (-0.2) 1.1 0.9 (-0.01) 0.0017
  , Body 15.4 (-25.9) 0.2 1 0.6 (-0.03) 0.002
  ]

pull :: Double -> Body -> System -> Pulled
pull _ a Empty = Pulled a Empty
pull dt a (Cons b rest) = Pulled final (Cons b { vx = vx b + dx * its, vy = vy b + dy * its, vz = vz b + dz * its } others)
  where
    !dx = x a - x b
    !dy = y a - y b
    !dz = z a - z b
    !d2 = dx * dx + dy * dy + dz * dz
    !pace = dt / (d2 * sqrt d2)
    !mine = mass b * pace
    !its = mass a * pace
    Pulled final others = pull dt a { vx = vx a - dx * mine, vy = vy a - dy * mine, vz = vz a - dz * mine } rest

advance :: Double -> System -> System
advance _ Empty = Empty
advance dt (Cons body others) = Cons (moved pulled) (advance dt rest)
  where
    Pulled pulled rest = pull dt body others
    moved b = b { x = x b + dt * vx b, y = y b + dt * vy b, z = z b + dt * vz b }

run :: Int -> System -> System
run 0 system = system
run steps system = run (steps - 1) $! advance 0.01 system

energy :: Double -> System -> Double
energy !acc Empty = acc
energy !acc (Cons a others) = energy (potential (acc + 0.5 * mass a * (vx a * vx a + vy a * vy a + vz a * vz a)) others) others
  where
    potential !sofar Empty = sofar
    potential !sofar (Cons b rest) = potential (sofar - mass a * mass b / sqrt (dx * dx + dy * dy + dz * dz)) rest
      where
        dx = x a - x b
        dy = y a - y b
        dz = z a - z b

report :: System -> IO ()
report system = print (round (energy 0 system * 1e9) :: Int)

main :: IO ()
main = do
  args <- getArgs
  report bodies
  report (run (case args of { text : _ -> read text; [] -> 1000000 }) bodies)
