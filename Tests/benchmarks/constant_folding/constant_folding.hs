module Main (main) where

import System.Environment (getArgs)

data Expr = Val !Int | Var !Int | Add !Expr !Expr | Mul !Expr !Expr

reduced :: Int -> Int
reduced n = n `rem` 1000003

make :: Int -> Int -> Expr
make 0 seed
  | seed `rem` 5 == 0 = Var (seed `rem` 7)
  | otherwise = Val seed
make depth seed
  | seed `rem` 3 == 0 = Mul a b
  | otherwise = Add a b
  where
    a = make (depth - 1) (reduced (seed * 7 + 1))
    b = make (depth - 1) (reduced (seed * 13 + 5))

appendSum :: Expr -> Expr -> Expr
appendSum (Add c d) b = Add c (appendSum d b)
appendSum a b = Add a b

appendProduct :: Expr -> Expr -> Expr
appendProduct (Mul c d) b = Mul c (appendProduct d b)
appendProduct a b = Mul a b

reassociate :: Expr -> Expr
reassociate (Add a b) = appendSum (reassociate a) (reassociate b)
reassociate (Mul a b) = appendProduct (reassociate a) (reassociate b)
reassociate e = e

plus :: Expr -> Expr -> Expr
plus (Val m) (Val n) = Val (reduced (m + n))
plus (Val 0) b = b
plus (Val m) (Add (Val n) c) = Add (Val (reduced (m + n))) c
plus a b@(Val _) = Add b a
plus a (Add n@(Val _) c) = Add n (Add a c)
plus a b = Add a b

times :: Expr -> Expr -> Expr
times (Val m) (Val n) = Val (reduced (m * n))
times a@(Val 0) _ = a
times (Val 1) b = b
times (Val m) (Mul (Val n) c) = Mul (Val (reduced (m * n))) c
times a b@(Val _) = Mul b a
times a (Mul n@(Val _) c) = Mul n (Mul a c)
times a b = Mul a b

fold :: Expr -> Expr
fold (Add a b) = plus (fold a) (fold b)
fold (Mul a b) = times (fold a) (fold b)
fold e = e

value :: Expr -> Int
value (Val n) = n
value (Var n) = n * n
value (Add a b) = reduced (value a + value b)
value (Mul a b) = reduced (value a * value b)

nodes :: Expr -> Int
nodes (Add a b) = 1 + nodes a + nodes b
nodes (Mul a b) = 1 + nodes a + nodes b
nodes _ = 1

main :: IO ()
main = do
  args <- getArgs
  let e = make (case args of { text : _ -> read text; [] -> 20 }) 42
      folded = fold (reassociate e)
  putStrLn (unwords (map show [nodes e, value e, nodes folded, value folded]))
