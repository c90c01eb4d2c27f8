module Main (main) where

import System.Environment (getArgs)

fib :: Int -> Int
fib n
  | n < 2 = n
  | otherwise = fib (n - 1) + fib (n - 2)

main :: IO ()
main = do
  args <- getArgs
  print (fib (case args of { text : _ -> read text; [] -> 38 }))
