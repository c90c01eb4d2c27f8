module Main (main) where

import System.Environment (getArgs)

digits :: Integer -> Integer -> Integer -> Integer -> [Integer]
digits q r t k
  | q < t && d == digit 4 = d : digits (10 * q) (10 * (r - d * t)) t k
  | otherwise = digits (q * k) ((2 * q + r) * odd') (t * odd') (k + 1)
  where
    d = digit 3
    digit x = (q * x + r) `quot` t
    odd' = 2 * k + 1

inLines :: String -> [String]
inLines [] = []
inLines text = let (line, rest) = splitAt 50 text in line : inLines rest

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 5000 }
  mapM_ putStrLn (inLines (concatMap show (take n (digits 1 0 1 1))))
