module Main (main) where

import System.Environment (getArgs)

data Expr
  = Num !Int
  | X
  | Add !Expr !Expr
  | Mul !Expr !Expr
  | Pow !Expr !Expr
  | Ln !Expr

add :: Expr -> Expr -> Expr
add (Num m) (Num n) = Num (m + n)
add (Num 0) b = b
add a (Num 0) = a
add a b@(Num _) = add b a
add (Num m) (Add (Num n) c) = add (Num (m + n)) c
add a (Add n@(Num _) c) = add n (add a c)
add (Add c d) b = add c (add d b)
add a b = Add a b

mul :: Expr -> Expr -> Expr
mul (Num m) (Num n) = Num (m * n)
mul a@(Num 0) _ = a
mul _ b@(Num 0) = b
mul (Num 1) b = b
mul a (Num 1) = a
mul a b@(Num _) = mul b a
mul (Num m) (Mul (Num n) c) = mul (Num (m * n)) c
mul a (Mul n@(Num _) c) = mul n (mul a c)
mul (Mul c d) b = mul c (mul d b)
mul a b = Mul a b

pow :: Expr -> Expr -> Expr
pow _ (Num 0) = Num 1
pow a (Num 1) = a
pow a@(Num 0) _ = a
pow a b = Pow a b

ln :: Expr -> Expr
ln (Num 1) = Num 0
ln a = Ln a

derive :: Expr -> Expr
derive (Num _) = Num 0
derive X = Num 1
derive (Add a b) = add (derive a) (derive b)
derive (Mul a b) = add (mul a (derive b)) (mul b (derive a))
derive e@(Pow a b) = mul e (add (mul (mul b (derive a)) (pow a (Num (-1)))) (mul (ln a) (derive b)))
derive (Ln a) = mul (derive a) (pow a (Num (-1)))

nodes :: Expr -> Int
nodes (Num _) = 1
nodes X = 1
nodes (Add a b) = 1 + nodes a + nodes b
nodes (Mul a b) = 1 + nodes a + nodes b
nodes (Pow a b) = 1 + nodes a + nodes b
nodes (Ln a) = 1 + nodes a

report :: Int -> Int -> Expr -> IO ()
report step final e = do
  putStrLn (show step ++ " " ++ show (nodes e))
  if step < final then report (step + 1) final (derive e) else return ()

main :: IO ()
main = do
  args <- getArgs
  report 0 (case args of { text : _ -> read text; [] -> 9 }) (Pow X X)
