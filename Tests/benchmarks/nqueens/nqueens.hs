module Main (main) where

import System.Environment (getArgs)

isSafe :: Int -> [Int] -> Bool
isSafe column = go 1
  where
    go :: Int -> [Int] -> Bool
    go _ [] = True
    go distance (other : rest) =
      other /= column && abs (other - column) /= distance && go (distance + 1) rest

place :: Int -> Int -> [Int] -> Int
place n row placed
  | row == n = 1
  | otherwise = sum [place n (row + 1) (column : placed) | column <- [0 .. n - 1], isSafe column placed]

main :: IO ()
main = do
  args <- getArgs
  print (place (case args of { text : _ -> read text; [] -> 13 }) 0 [])
