{-# LANGUAGE BangPatterns #-}
module Main (main) where

import qualified Data.Map.Strict as Map
import System.Environment (getArgs)

next :: Int -> Int
next random = random * 16807 `rem` 2147483647

build :: Map.Map Int Int -> Int -> Int -> Map.Map Int Int
build !m 0 _ = m
build !m n random = build (Map.insert (random `rem` 1000000) n m) (n - 1) (next random)

lookUp :: Map.Map Int Int -> Int -> Int -> Int -> Int
lookUp _ 0 _ !acc = acc
lookUp m n random !acc =
  lookUp m (n - 1) (next random) (acc + Map.findWithDefault 1 (random `rem` 1000000) m)

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 200000 }
      m = build Map.empty n 42
      checksum = Map.foldlWithKey' (\acc key value -> (acc * 31 + key + value) `rem` 1000003) 0 m
  putStrLn (unwords (map show [Map.size m, lookUp m (2 * n) 1 0, checksum]))
