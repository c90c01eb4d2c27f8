{-# LANGUAGE BangPatterns #-}
{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import qualified Data.ByteString.Builder as Builder
import qualified Data.ByteString.Char8 as B
import qualified Data.ByteString.Lazy as L
import qualified Data.ByteString.Unsafe as U
import Data.Char (isDigit, ord)
import Data.List (foldl', intersperse)
import System.Environment (getArgs)

data Json
  = Null
  | Boolean !Bool
  | Number !Int
  | Text !B.ByteString
  | Array [Json]
  | Object [(B.ByteString, Json)]

person :: Int -> Json
person n =
  Object
    [ ("id", Number n)
    , ("name", Text (B.concat ["person \"", B.pack (show n), "\""]))
    , ("tags", Array [Text "even", Text (B.cons 't' (B.pack (show (n `rem` 10)))), Array []])
    , ("active", Boolean (even n))
    , ("parent", Null)
    , ("balance", Number (1000 - n))
    ]

quote :: B.ByteString -> Builder.Builder
quote text = Builder.char7 '"' <> pieces text <> Builder.char7 '"'
  where
    pieces s = case B.break (\c -> c == '"' || c == '\\') s of
      (whole, rest)
        | B.null rest -> Builder.byteString whole
        | otherwise ->
            Builder.byteString whole <> Builder.char7 '\\' <> Builder.char7 (B.head rest) <> pieces (B.tail rest)

render :: Json -> Builder.Builder
render Null = "null"
render (Boolean b) = if b then "true" else "false"
render (Number n) = Builder.intDec n
render (Text text) = quote text
render (Array items) = Builder.char7 '[' <> commas (map render items) <> Builder.char7 ']'
render (Object fields) =
  Builder.char7 '{' <> commas [quote key <> Builder.char7 ':' <> render value | (key, value) <- fields] <> Builder.char7 '}'

commas :: [Builder.Builder] -> Builder.Builder
commas = mconcat . intersperse (Builder.char7 ',')

textOf :: Json -> B.ByteString
textOf = L.toStrict . Builder.toLazyByteString . render

-- What was read, and the text behind it.
data Parsed a = Parsed !a !B.ByteString | Wrong String

skip :: B.ByteString -> B.ByteString
skip = B.dropWhile (\c -> c == ' ' || c == '\n' || c == '\t')

parse :: B.ByteString -> Either String Json
parse text = case parseValue (skip text) of
  Parsed json rest
    | B.null (skip rest) -> Right json
    | otherwise -> Left "more behind the value"
  Wrong why -> Left why

parseValue :: B.ByteString -> Parsed Json
parseValue text = case B.uncons text of
  Just ('{', rest)
    | "}" `B.isPrefixOf` skip rest -> Parsed (Object []) (U.unsafeTail (skip rest))
    | otherwise -> parseFields (skip rest) []
  Just ('[', rest)
    | "]" `B.isPrefixOf` skip rest -> Parsed (Array []) (U.unsafeTail (skip rest))
    | otherwise -> parseItems (skip rest) []
  Just ('"', rest) -> case parseText rest of
    Parsed s behind -> Parsed (Text s) behind
    Wrong why -> Wrong why
  Just ('t', _) -> parseWord "true" (Boolean True) text
  Just ('f', _) -> parseWord "false" (Boolean False) text
  Just ('n', _) -> parseWord "null" Null text
  Just ('-', rest) -> parseNumber negate rest
  _ -> parseNumber id text

parseWord :: B.ByteString -> Json -> B.ByteString -> Parsed Json
parseWord spelling meaning text = maybe (Wrong "no value") (Parsed meaning) (B.stripPrefix spelling text)

parseNumber :: (Int -> Int) -> B.ByteString -> Parsed Json
parseNumber sign text = case B.span isDigit text of
  (digits, rest)
    | B.null digits -> Wrong "no value"
    | otherwise -> Parsed (Number (sign (B.foldl' (\n c -> n * 10 + ord c - 48) 0 digits))) rest

-- Behind the opening quote.
parseText :: B.ByteString -> Parsed B.ByteString
parseText = go []
  where
    go parts text = case B.break (\c -> c == '"' || c == '\\') text of
      (whole, rest) -> case B.uncons rest of
        Nothing -> Wrong "text without end"
        Just ('"', behind)
          | null parts -> Parsed whole behind
          | otherwise -> Parsed (B.concat (reverse (whole : parts))) behind
        Just (_, behind) -> case B.splitAt 1 behind of
          (escaped, more) -> go (escaped : whole : parts) more

parseItems :: B.ByteString -> [Json] -> Parsed Json
parseItems text acc = case parseValue text of
  Wrong why -> Wrong why
  Parsed item rest -> case B.uncons (skip rest) of
    Just (',', behind) -> parseItems (skip behind) (item : acc)
    Just (']', behind) -> Parsed (Array (reverse (item : acc))) behind
    _ -> Wrong "no , or ]"

parseFields :: B.ByteString -> [(B.ByteString, Json)] -> Parsed Json
parseFields text acc = case B.uncons text of
  Just ('"', quoted) -> case parseText quoted of
    Wrong why -> Wrong why
    Parsed key rest -> case B.uncons (skip rest) of
      Just (':', behind) -> case parseValue (skip behind) of
        Wrong why -> Wrong why
        Parsed value more -> case B.uncons (skip more) of
          Just (',', next) -> parseFields (skip next) ((key, value) : acc)
          Just ('}', next) -> Parsed (Object (reverse ((key, value) : acc))) next
          _ -> Wrong "no , or }"
      _ -> Wrong "no :"
  _ -> Wrong "no key"

data Totals = Totals !Int !Int !Int

count :: Totals -> Json -> Totals
count (Totals values total letters) json = case json of
  Number n -> Totals (values + 1) (total + n) letters
  Text text -> Totals (values + 1) total (letters + B.length text)
  Array items -> foldl' count (Totals (values + 1) total letters) items
  Object fields -> foldl' (\acc (_, value) -> count acc value) (Totals (values + 1) total letters) fields
  _ -> Totals (values + 1) total letters

main :: IO ()
main = do
  args <- getArgs
  let n = case args of { arg : _ -> read arg; [] -> 50000 }
      !text = textOf (Array (map person [1 .. n]))
  case parse text of
    Left why -> fail why
    Right json -> do
      let Totals values total letters = count (Totals 0 0 0) json
          same = if textOf json == text then "true" else "false"
      putStrLn (unwords (map show [B.length text, values, total, letters] ++ [same]))
