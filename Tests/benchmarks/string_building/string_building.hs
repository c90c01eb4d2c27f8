module Main (main) where

import qualified Data.ByteString.Builder as Builder
import qualified Data.ByteString.Lazy.Char8 as L
import Data.Char (ord)
import System.Environment (getArgs)

rows :: Int -> Builder.Builder
rows n = mconcat [row i | i <- [0 .. n - 1]]
  where
    row i =
      Builder.intDec i <> Builder.string7 ": " <> Builder.intDec (i * i `rem` 1009) <> Builder.char7 ' '
        <> Builder.string7 (name (i `rem` 3)) <> Builder.char7 '\n'

name :: Int -> String
name 0 = "alpha"
name 1 = "beta"
name _ = "gamma"

nested :: Int -> Int -> Builder.Builder
nested 0 label = Builder.intDec label
nested depth label =
  Builder.char7 '(' <> nested (depth - 1) (2 * label) <> Builder.char7 ' '
    <> nested (depth - 1) (2 * label + 1) <> Builder.char7 ')'

report :: Builder.Builder -> IO ()
report builder = putStrLn (show (L.length text) ++ " " ++ show checksum)
  where
    text = Builder.toLazyByteString builder
    checksum = L.foldl' (\acc c -> (acc * 31 + ord c) `rem` 1000003) 0 text

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { text : _ -> read text; [] -> 18 }
  report (rows (n * n * n * 150))
  report (nested n 1)
