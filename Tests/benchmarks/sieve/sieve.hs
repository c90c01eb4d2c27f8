-- An unboxed mutable array in ST.
module Main (main) where

import Control.Monad (when)
import Control.Monad.ST (ST)
import Data.Array.Base (unsafeAt, unsafeRead, unsafeWrite)
import Data.Array.ST (STUArray, newArray, runSTUArray)
import Data.List (foldl')
import System.Environment (getArgs)

sieve :: Int -> STUArray s Int Bool -> Int -> ST s ()
sieve limit flags n = when (n * n < limit) $ do
  prime <- unsafeRead flags n
  when prime $ cross limit flags n (n * n)
  sieve limit flags (n + 1)

cross :: Int -> STUArray s Int Bool -> Int -> Int -> ST s ()
cross limit flags n multiple = when (multiple < limit) $ do
  unsafeWrite flags multiple False
  cross limit flags n (multiple + n)

primes :: Int -> Int
primes limit = go 2 0
  where
    flags = runSTUArray $ do
      fresh <- newArray (0, limit - 1) True
      sieve limit fresh 2
      return fresh
    go :: Int -> Int -> Int
    go n count
      | n == limit = count
      | unsafeAt flags n = go (n + 1) (count + 1)
      | otherwise = go (n + 1) count

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 100 }
  print (foldl' (\total i -> total + primes (n * 10000 - i)) 0 [0 .. n - 1])
