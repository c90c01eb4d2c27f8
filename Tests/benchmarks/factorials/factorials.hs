module Main (main) where

import Data.Char (digitToInt)
import Data.List (foldl')
import System.Environment (getArgs)

factorial :: Int -> Integer
factorial n = foldl' (\acc factor -> fromIntegral factor * acc) 1 [n, n - 1 .. 1]

digitSum :: Integer -> Int
digitSum = foldl' (\acc c -> acc + digitToInt c) 0 . show

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 200 }
  print (foldl' (\total i -> total + digitSum (factorial (3000 + i))) 0 [1 .. n])
