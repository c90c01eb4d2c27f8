{-# LANGUAGE BangPatterns #-}
{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import qualified Data.ByteString.Char8 as B
import Data.List (foldl', sortOn)
import qualified Data.Map.Strict as Map
import System.Environment (getArgs)

next :: Int -> Int
next random = random * 16807 `rem` 2147483647

spell :: Int -> String -> String
spell n rest
  | n >= 70 = spell (n `quot` 70) syllable
  | otherwise = syllable
  where
    m = n `rem` 70
    syllable = B.index "bdfgklmnprstvz" (m `quot` 5) : B.index "aeiou" (m `rem` 5) : rest

words' :: Int -> Int -> [B.ByteString] -> [B.ByteString]
words' 0 _ acc = acc
words' n random acc = words' (n - 1) (next random) (word : acc)
  where
    !word = B.pack (spell (random `rem` 300 * (random `quot` 300 `rem` 300)) "")

main :: IO ()
main = do
  args <- getArgs
  let text = B.intercalate " " (words' (case args of { arg : _ -> read arg; [] -> 400000 }) 42 [])
      counts = foldl' (\m word -> Map.insertWith (+) word 1 m) Map.empty (B.split ' ' text) :: Map.Map B.ByteString Int
  putStrLn (show (B.length text) ++ " " ++ show (Map.size counts))
  mapM_ (\(word, n) -> putStrLn (B.unpack word ++ " " ++ show n)) (take 10 (sortOn (negate . snd) (Map.toAscList counts)))
