module Main (main) where

import System.Environment (getArgs)

tak :: Int -> Int -> Int -> Int
tak x y z
  | y < x = tak (tak (x - 1) y z) (tak (y - 1) z x) (tak (z - 1) x y)
  | otherwise = z

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 10 }
  print (tak (3 * n) (2 * n) n)
