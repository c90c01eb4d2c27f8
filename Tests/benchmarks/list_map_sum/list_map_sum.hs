-- List fusion leaves no list of it, which is what is expected of this in Haskell.
module Main (main) where

import Data.List (foldl')
import System.Environment (getArgs)

scrambled :: Int -> Int
scrambled x = (x * x + 3 * x) `rem` 10007

roundFrom :: Int -> Int -> Int
roundFrom len n = foldl' (+) 0 (filter odd (map scrambled [n .. n + len - 1]))

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 200 }
  print (foldl' (+) 0 (map (roundFrom (n * 500)) [1 .. n]))
