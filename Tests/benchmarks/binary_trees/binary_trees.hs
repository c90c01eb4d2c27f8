module Main (main) where

import Data.Bits (shiftL)
import System.Environment (getArgs)

data Tree = Leaf | Node !Tree !Int !Tree

make :: Int -> Int -> Tree
make 0 _ = Leaf
make depth label = Node (make (depth - 1) (2 * label)) label (make (depth - 1) (2 * label + 1))

total :: Tree -> Int
total Leaf = 0
total (Node left label right) = total left + label + total right

totals :: Int -> Int -> Int -> Int
totals _ 0 acc = acc
totals depth count acc = totals depth (count - 1) (acc + total (make depth count))

report :: Int -> Int -> IO ()
report deepest depth =
  putStrLn (show count ++ " trees of depth " ++ show depth ++ ": " ++ show (totals depth count 0))
  where
    count = 1 `shiftL` (deepest - depth)

main :: IO ()
main = do
  args <- getArgs
  let deepest = case args of { text : _ -> read text; [] -> 20 }
      longLived = make deepest 1
  longLived `seq` mapM_ (report deepest) [4, 8 .. deepest]
  putStrLn ("long lived: " ++ show (total longLived))
