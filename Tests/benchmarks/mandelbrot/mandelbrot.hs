{-# LANGUAGE BangPatterns #-}
module Main (main) where

import System.Environment (getArgs)

steps :: Double -> Double -> Int
steps cx cy = go 0 0 0
  where
    go :: Double -> Double -> Int -> Int
    go !x !y !n
      | n == 100 || xx + yy > 4 = n
      | otherwise = go (xx - yy + cx) (2 * x * y + cy) (n + 1)
      where
        xx = x * x
        yy = y * y

square :: Int -> Int
square width = lines' 0 0
  where
    side = fromIntegral width :: Double
    lines' :: Int -> Int -> Int
    lines' !line !total
      | line == width = total
      | otherwise = lines' (line + 1) (columns (3 * fromIntegral line / side - 1.5) 0 total)
    columns :: Double -> Int -> Int -> Int
    columns !cy !column !total
      | column == width = total
      | otherwise = columns cy (column + 1) (total + steps (3 * fromIntegral column / side - 2) cy)

main :: IO ()
main = do
  args <- getArgs
  print (square (case args of { text : _ -> read text; [] -> 2000 }))
